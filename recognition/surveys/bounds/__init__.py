"""What a survey proves over everybody who was asked. Pure: counts in, statements out."""
