"""Reads over duties: the matrix, its findings, who holds a post on a day, tasks of a person."""

from gridpact.duties.selectors.gaps import gaps

__all__ = ["gaps"]
