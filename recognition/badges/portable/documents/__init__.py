"""Documents as dictionaries, made from values alone: nothing here reads a database, a clock or a key."""
