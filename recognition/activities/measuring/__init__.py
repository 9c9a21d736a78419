"""How a leaf of a rule becomes SQL: the parts of `activities.measure`, which is what others call."""
