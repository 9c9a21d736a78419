"""Who stands by whom, and that nobody waits for one who is silent."""
