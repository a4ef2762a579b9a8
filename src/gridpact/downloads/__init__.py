"""Large lists as files: made by the worker, marked with who and why, thrown away after a week."""
