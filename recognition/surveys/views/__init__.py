"""Pages of surveys: to answer, and to read what came of it."""
