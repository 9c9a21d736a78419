"""What the invented people drew. Each picture is a few dozen shapes, drawn when the demo is loaded."""
