"""Figures: every number is computed from records and opens the list it counts."""
