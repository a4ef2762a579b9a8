"""Foundations without tables: access, events, clock, ids, crypto, the embedded database."""
