"""The council's badge studio: badges and their rules, built in the browser."""
