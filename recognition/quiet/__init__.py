"""A private word to those we have not heard from: thanks first, then a question that one click answers."""
