"""A learning record store after xAPI 1.0.3 (Part 2: statements, Part 3: the statement resource), for statements alone."""
