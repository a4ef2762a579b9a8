"""Verbs of the triage desk: deciding, taking back, standard replies."""
