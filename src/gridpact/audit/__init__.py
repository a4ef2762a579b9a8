"""Append-only log of verbs, sealed into a hash chain by the worker."""
