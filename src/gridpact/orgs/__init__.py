"""Organisations: departments and partner units, and the people who speak and act for them."""
