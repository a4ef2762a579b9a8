"""Django's own commands of the demo."""
