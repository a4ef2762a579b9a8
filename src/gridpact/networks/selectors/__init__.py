"""Reads over department networks: the fusion itself, reports of it, officers of a place."""
