"""Composition root: settings, URLs, the API object and the wiring of events to verbs."""
