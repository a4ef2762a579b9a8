"""HTML forms of orders: one per move, and the intake on a resident's behalf."""

from gridpact.orders.forms.acts import ACTS
from gridpact.orders.forms.fields import FilesField
from gridpact.orders.forms.intake import IntakeForm, place_choices
from gridpact.orders.forms.lists import ListFilter
from gridpact.orders.forms.moves import FORMS as MOVE_FORMS
from gridpact.orders.forms.moves import FinishForm, MoveForm, RevealForm
from gridpact.orders.forms.past import PastFilter
from gridpact.orders.forms.time import TIME

FORMS: dict[str, type[MoveForm]] = {**MOVE_FORMS, **ACTS, **TIME}

__all__ = [
    "FORMS",
    "FilesField",
    "FinishForm",
    "IntakeForm",
    "ListFilter",
    "MoveForm",
    "PastFilter",
    "RevealForm",
    "place_choices",
]
