"""Pages that gather what several packages know."""
