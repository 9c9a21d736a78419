"""What can be done with a survey, one verb a function."""
