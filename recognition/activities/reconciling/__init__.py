"""The old portal's figures beside ours: counted in its files, counted in the house, and as they were published."""
