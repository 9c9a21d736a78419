"""Members, their accounts, groups, roles and tokens."""
