"""The verbs of the other doors."""

from gridpact.doors import refusals as refusals  # registers the sentences
from gridpact.doors.services.chains import Paste, Reading, Saved, read_paste, save_chain

__all__ = ["Paste", "Reading", "Saved", "read_paste", "save_chain"]
