"""Orders and pictures as files: reading those of other systems, writing our own."""
