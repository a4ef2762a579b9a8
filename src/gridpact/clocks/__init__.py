"""Calendars and limits as data: when offices are open, and how long each step may take."""
