"""Pages of the editor of routing rules."""
