"""Pages of the other doors."""
