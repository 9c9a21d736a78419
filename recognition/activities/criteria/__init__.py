"""The one rule language: parsed and checked, told in words, decided from values that the log gives (DESIGN 3)."""
