"""Badges inside pictures: put in without touching what is seen, and read out of pictures that nobody vouches for."""
