"""News for programs of others: signed, sent again until it arrived, each with its record."""
