"""Questions to the council and ideas for campaigns: asked, voted on, answered in public."""
