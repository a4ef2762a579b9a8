"""Reads of the other doors."""
