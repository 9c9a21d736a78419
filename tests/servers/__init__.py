"""Real servers for the tests: PostgreSQL, Valkey, an OpenID provider and a browser, each started once a run."""
