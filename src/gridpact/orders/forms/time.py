"""Forms about time: more of it asked for, granted or refused; parking and going on."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.orders.forms.fields import words_field
from gridpact.orders.forms.moves import MoveForm, NoteForm, ReasonForm
from gridpact.orders.services.clock.extensions import asked_days, most_days
from gridpact.orders.services.clock.waiting import review_days


class AskForm(MoveForm):
    """How many working days more, and why."""

    days = forms.IntegerField(label=_("Working days more"), min_value=1)
    reason = words_field(_("Reason"), required=True)

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        most = most_days(self.order)
        self.fields["days"].help_text = _("At most %(most)s; once, before the limit passes.") % {
            "most": most
        }
        self.fields["days"].widget.attrs["max"] = most


class ExtendForm(AskForm):
    """The desk grants what was asked for, or what it finds right; the resident reads the reason."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        asked = asked_days(self.order)
        if asked is not None:
            self.initial.setdefault("days", asked.days)
            self.initial.setdefault("reason", asked.reason)
        self.fields["reason"].help_text = _("The reporter reads this.")


class SuspendForm(MoveForm):
    """Why a hard matter waits, and when it is looked at again."""

    reason = words_field(_("Reason"), required=True, help_text=_("The reporter reads this."))
    review_on = forms.DateField(
        label=_("Look at it again on"), required=False,
        widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"),
    )  # fmt: skip

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        self.initial.setdefault("review_on", clock.today() + timedelta(days=review_days()))


TIME: dict[str, type[MoveForm]] = {
    "ask_extension": AskForm,
    "extend": ExtendForm,
    "refuse_extension": ReasonForm,
    "suspend": SuspendForm,
    "resume": NoteForm,
}
