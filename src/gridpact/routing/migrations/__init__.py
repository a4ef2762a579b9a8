"""Schema of routing rules."""
