"""Where the council makes contests: from a template or afresh, with what it would look like beside it."""
