"""Questions to everybody on a frozen roll, and what their answers prove."""
