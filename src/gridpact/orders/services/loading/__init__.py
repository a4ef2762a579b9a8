"""Loading orders of other systems from files."""
