"""Reads over rules: the version in force, receivers, checks, trials, differences."""
