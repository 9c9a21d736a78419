"""What is done between mentees, mentors and the pool."""
