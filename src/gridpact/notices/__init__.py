"""Publicity: the public home and board."""
