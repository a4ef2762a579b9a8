"""The demo district, generated deterministically."""
