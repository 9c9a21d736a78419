"""The suite. Its servers are real ones; see tests/servers."""
