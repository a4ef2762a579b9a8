"""Verbs of what is learnt: train, put a version into use, switch, suggest, note decisions."""

from gridpact.learning.services.suggesting import (
    on_moved,
    suggest_newest,
    suggest_orders,
    suggest_waiting,
)
from gridpact.learning.services.training import has_learnt, train, train_field
from gridpact.learning.services.versions import set_switch, switch_of, use_version

__all__ = [
    "has_learnt", "on_moved", "set_switch", "suggest_newest", "suggest_orders", "suggest_waiting",
    "switch_of", "train", "train_field", "use_version",
]  # fmt: skip
