"""Tags that grow: which are near-equal, which become a kind, and how the log follows and is put back."""
