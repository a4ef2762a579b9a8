"""Verbs of and for the residents of an order."""
