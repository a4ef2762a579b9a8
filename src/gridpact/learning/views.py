"""The page on what was learnt: versions, how good they are, where people decided otherwise."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET, require_POST

from gridpact.core.access import Actor, Refused, require
from gridpact.core.edge import actor_of
from gridpact.learning import services
from gridpact.learning.choices import Field
from gridpact.learning.forms import SwitchForm
from gridpact.learning.models import Learnt
from gridpact.learning.selectors.figures import overruled_orders
from gridpact.learning.tables import field_cards, field_page, overruled_title
from gridpact.learning.tasks import queue_training
from gridpact.orders.models import Order
from gridpact.orders.tables.rows import order_rows
from gridpact.ui import parts
from gridpact.ui.render import render


def _reader(request: HttpRequest) -> Actor:
    actor = actor_of(request)
    require(actor, "learning.read")
    return actor


def _known(field: str) -> Field:
    if field not in Field.values:
        raise Http404
    return Field(field)


@login_required
@require_GET
def models(request: HttpRequest) -> HttpResponse:
    """What is in use for each field."""
    _reader(request)
    return render(request, "learning/models.html", {"cards": field_cards()})


@login_required
@require_POST
def train_now(request: HttpRequest) -> HttpResponse:
    """Let the worker learn now."""
    actor = _reader(request)
    require(actor, "learning.manage")
    if actor.user_id is not None and queue_training(actor.user_id):
        messages.success(request, _("The worker learns now; come back in a few minutes."))
    else:
        messages.info(request, _("The worker is learning already."))
    return redirect("learning:models")


@login_required
@require_GET
def field(request: HttpRequest, field: str) -> HttpResponse:
    """One field: its switch, versions, accuracy by class and month, where it was overruled."""
    _reader(request)
    return _field_page(request, _known(field))


def _field_page(
    request: HttpRequest, field: Field, refused: str = "", status: int = 200
) -> HttpResponse:
    page = field_page(field)
    stored = page.switch.preselect
    form = SwitchForm(
        initial={
            "is_on": page.switch.is_on,
            "preselect": "" if stored is None else str(round(100 * stored)),
        }
    )
    context = {"page": page, "form": form, "refused": refused, "path": _path(field)}
    return render(request, "learning/field.html", context, status=status)


@login_required
@require_POST
def switch(request: HttpRequest, field: str) -> HttpResponse:
    """Suggest the field or not; from which confidence on the form is filled."""
    actor = _reader(request)
    form = SwitchForm(request.POST)
    if not form.is_valid():
        return _field_page(request, _known(field), _("Please choose one of the shares."), 422)
    data = form.cleaned_data
    made = services.set_switch(
        _known(field), actor=actor, is_on=data["is_on"], preselect=data["preselect"]
    )
    messages.success(request, _("Switched on") if made.is_on else _("Not suggested any more"))
    return redirect("learning:field", field)


@login_required
@require_POST
def use(request: HttpRequest, pk: int) -> HttpResponse:
    """Put a version into use."""
    actor = _reader(request)
    try:
        learnt = services.use_version(pk, actor=actor)
    except Refused as refusal:
        found = Learnt.objects.filter(pk=pk).only("field").first()
        if found is None:
            raise Http404 from refusal
        return _field_page(request, Field(found.field), refusal.sentence, refusal.status)
    messages.success(request, _("Version %(n)s is in use.") % {"n": learnt.version})
    return redirect("learning:field", learnt.field)


@login_required
@require_GET
def overruled(request: HttpRequest, field: str) -> HttpResponse:
    """The orders behind one line: `?value=` was suggested, `?decided=` was decided."""
    actor = _reader(request)
    known = _known(field)
    value, decided = request.GET.get("value", "")[:80], request.GET.get("decided", "")[:80]
    pks = overruled_orders(known, value, decided)
    orders = list(Order.objects.visible_to(actor).filter(pk__in=pks).for_rows())
    title = overruled_title(known, value, decided)
    context = {
        "title": title, "rows": order_rows(orders, actor), "path": _path(known, title),
    }  # fmt: skip
    return render(request, "learning/overruled.html", context)


def _path(field: Field, last: str = "") -> list[parts.Crumb]:
    top = parts.Crumb(_("Suggestions"), reverse("learning:models"))
    here = parts.Crumb(field.label, reverse("learning:field", args=(field.value,)) if last else "")
    return [top, here, *([parts.Crumb(last)] if last else [])]
