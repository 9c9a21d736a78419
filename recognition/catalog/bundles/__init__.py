"""One campaign with all that belongs to it, as one file that another house can take in; and campaigns that are half made."""
