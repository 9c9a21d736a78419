"""What is done for people we have not heard from, and what they say."""
