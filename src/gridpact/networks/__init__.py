"""Departments' own networks, laid over our cells (多网融合)."""
