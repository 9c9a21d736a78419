"""The campaign studio: a goal, its dates, and all that leads there, put up in minutes."""
