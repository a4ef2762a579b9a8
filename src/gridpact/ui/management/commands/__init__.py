"""Management commands of the ui app."""
