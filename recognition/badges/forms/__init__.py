"""What comes out of the forms of this package: one file a form."""
