"""The verbs of contests, one file a stage."""
