"""What is done with what was seen elsewhere, with the inlets that bring it and with the names that people have there."""
