"""What we want to reach by when, how it is measured, and what has happened since."""
