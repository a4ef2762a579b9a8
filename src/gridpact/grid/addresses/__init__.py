"""Chinese addresses as people write them: read into parts, and found in the tree of cells."""

from gridpact.grid.addresses.book import AddressBook, Candidate, Match, Outcome
from gridpact.grid.addresses.names import Entry, Part
from gridpact.grid.addresses.reading import Address, read

__all__ = ["Address", "AddressBook", "Candidate", "Entry", "Match", "Outcome", "Part", "read"]
