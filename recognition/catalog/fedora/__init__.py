"""Reads badge rules of the Fedora style (YAML, with Python expressions as strings) and says them in our rule language.

Nothing of a rule is ever run: expressions are compared, as text, with the few shapes that we know."""
