"""The JSON of orders."""
