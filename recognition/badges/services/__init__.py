"""One verb a function; nothing here commits."""
