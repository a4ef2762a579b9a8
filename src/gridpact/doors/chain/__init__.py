"""Chain texts 接龙 of group messages, read without a database."""

from gridpact.doors.chain.entry import Entry
from gridpact.doors.chain.parse import Chain, Unread, parse_chain, parse_chains
from gridpact.doors.chain.text import normal_title, normalise

__all__ = [
    "Chain",
    "Entry",
    "Unread",
    "normal_title",
    "normalise",
    "parse_chain",
    "parse_chains",
]
