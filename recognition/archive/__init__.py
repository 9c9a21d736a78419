"""The public badges as plain files under the addresses that they have here: for the day when only a file server is left."""
