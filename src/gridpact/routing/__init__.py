"""Rules that say which desk and which receiver an order goes to, and why."""
