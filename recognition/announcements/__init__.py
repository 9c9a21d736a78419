"""What a member should hear: notices on the site, and by mail where they like that."""
