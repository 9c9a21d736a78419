"""What the figures are held against: small, hand-written, and with the same answers."""
