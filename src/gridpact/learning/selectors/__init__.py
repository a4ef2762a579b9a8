"""Reads: examples to learn from, suggestions of orders, figures of the models."""
