"""What a role is: its text in versions, who reads it first, how one comes to it."""
