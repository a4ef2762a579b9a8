"""Pages of the matrix and of tasks."""
