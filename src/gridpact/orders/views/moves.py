"""The page of a move: its form on GET, its verb on POST; a refusal comes back on the same form."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from gridpact.core.access import Actor, Refused
from gridpact.orders import services
from gridpact.orders.choices import BESIDE
from gridpact.orders.forms import FORMS, FinishForm, MoveForm
from gridpact.orders.forms.fields import kept_ids
from gridpact.orders.models import Category, Order
from gridpact.orders.policies import sees_text
from gridpact.orders.search.similar import draft_from, similar_to
from gridpact.orders.selectors import acts_now
from gridpact.orders.services.desk.triage import Target
from gridpact.orders.tables import face_of
from gridpact.orders.tables.moves import title_of, why_not
from gridpact.orders.tables.rows import order_rows
from gridpact.orders.tables.similar import SimilarRow, similar_rows
from gridpact.orders.views.acts import ACTS, Call, Data
from gridpact.orders.views.base import Request, find_order, keep_files, kept_photos, signed_in
from gridpact.ui.render import render


def _triage(order: Order, actor: Actor, data: Data) -> Order:
    code = data.get("category")
    category = Category.objects.filter(code=code).first() if code else None
    return services.triage_order(
        order, actor=actor, klass=data["klass"], reason=data["reason"], category=category
    )


def _offer(order: Order, actor: Actor, data: Data) -> Order:
    return services.offer_order(
        order, actor=actor, slots=data["slots"], until=data["until"], skill=data["skill"],
        note=data["note"],
    )  # fmt: skip


def _dispatch(order: Order, actor: Actor, data: Data) -> Order:
    kind, _sign, key = data["to"].partition(":")
    return services.dispatch_order(
        order, actor=actor, to=Target(**{kind: int(key)}), note=data["note"]
    )


def _claim(order: Order, actor: Actor, data: Data) -> Order:
    return services.claim_order(order, actor=actor, org_id=data.get("org"), note=data["note"])


def _finish(order: Order, actor: Actor, data: Data) -> Order:
    return services.finish_order(
        order,
        actor=actor,
        answer=data["answer"],
        proof=data["kept"],
        before=data["kept_before"],
        reason=data.get("reason", ""),
    )


def _rate(order: Order, actor: Actor, data: Data) -> Order:
    return services.rate_order(
        order, actor=actor, solved=data["solved"], satisfaction=data["satisfaction"],
        comment=data["comment"],
    )  # fmt: skip


CALLS: dict[str, Call] = {
    "accept": lambda order, actor, data: services.accept_order(order, actor=actor, **data),
    "reject": lambda order, actor, data: services.reject_order(
        order, actor=actor, reason=data["reason"]
    ),
    "withdraw": lambda order, actor, data: services.withdraw_order(
        order, actor=actor, reason=data["note"]
    ),
    "triage": _triage,
    "offer": _offer,
    "dispatch": _dispatch,
    "claim": _claim,
    "sign": lambda order, actor, data: services.sign_order(order, actor=actor, **data),
    "return": lambda order, actor, data: services.return_order(order, actor=actor, **data),
    "release": lambda order, actor, data: services.release_order(order, actor=actor, **data),
    "start": lambda order, actor, data: services.start_order(order, actor=actor, **data),
    "note": lambda order, actor, data: services.note_order(order, actor=actor, note=data["note"]),
    "finish": _finish,
    "verify_pass": lambda order, actor, data: services.verify_pass_order(
        order, actor=actor, **data
    ),
    "verify_fail": lambda order, actor, data: services.verify_fail_order(
        order, actor=actor, **data
    ),
    "rate": _rate,
    "close": lambda order, actor, data: services.close_order(order, actor=actor, **data),
    **ACTS,
}


@signed_in
@require_http_methods(["GET", "POST"])
def move_page(request: Request, number: str, verb: str) -> HttpResponseBase:
    """GET: the form of `verb`. POST: make the move; 409, 403 or 422 with the form when refused."""
    if verb not in FORMS:
        raise Http404
    try:
        order = find_order(request.actor, number)
    except Http404:
        if verb != "claim":
            raise
        # Said of every number alike: somebody was faster, and the order left the actor's sight.
        return render(request, "orders/gone.html", {}, status=404)
    if request.method == "POST":
        return _post(request, order, verb)
    last = order.log.order_by("-id").values_list("pk", flat=True).first()
    given = {"seen": last, "into": request.GET.get("into", "")}
    if verb == "finish" and request.GET.get("from"):
        given["answer"] = draft_from(order, request.GET["from"][:20], request.actor)
    form = FORMS[verb](order=order, actor=request.actor, initial=given)
    return _page(request, order, verb, form, blocked=_blocked(order, verb, request.actor))


def _blocked(order: Order, verb: str, actor: Actor) -> str:
    """Why the move is not possible now; empty when it is."""
    if verb in BESIDE:
        possible = verb in acts_now(
            order, actor, list(order.assists.all()), list(order.extensions.all())
        )
    else:
        possible = verb in services.allowed_now(order, actor)
    return "" if possible else why_not(order, verb)


def _post(request: Request, order: Order, verb: str) -> HttpResponseBase:
    actor = request.actor
    form = FORMS[verb](request.POST, request.FILES, order=order, actor=actor)
    if isinstance(form, FinishForm):
        keep_files(form, request)
        keep_files(form, request, files="before", kept="kept_before")
    status = 422
    if form.is_valid():
        if _sent_before(order, actor, verb, form.cleaned_data.get("seen")):
            form.add_error(None, _("You have sent this already; it is on the timeline."))
            return _page(request, order, verb, form, status=409)
        try:
            CALLS[verb](order, actor, form.cleaned_data)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
            status = refusal.status
        else:
            messages.success(request, _("%(verb)s: recorded.") % {"verb": title_of(verb)})
            return _after(request, order)
    order.refresh_from_db(fields=["state"])
    return _page(request, order, verb, form, status=status)


def _after(request: Request, order: Order) -> HttpResponse:
    """Back to the order, or to the list when it went out of sight (e.g. returned by a unit)."""
    if Order.objects.visible_to(request.actor).filter(pk=order.pk).exists():
        return redirect("orders:detail", order.number)
    return redirect("orders:list")


def _sent_before(order: Order, actor: Actor, verb: str, seen: int | None) -> bool:
    """The same person made the same move after the page was drawn: a second tap on a slow line."""
    if seen is None:
        return False
    return order.log.filter(pk__gt=seen, verb=verb, actor_id=actor.user_id).exists()


def _page(
    request: Request,
    order: Order,
    verb: str,
    form: MoveForm,
    *,
    status: int = 200,
    blocked: str = "",
) -> HttpResponse:
    fields = [name for name in ("kept", "kept_before") if name in form.fields]
    ids = [each for name in fields for each in kept_ids(form[name].value())]
    context = {
        "order": order,
        "row": order_rows([order], request.actor)[0],
        "text": order.text if sees_text(request.actor, order) else "",
        "verb": verb,
        "verb_name": title_of(verb),
        "face": face_of(verb),
        "form": form,
        "blocked": blocked,
        "kept": kept_photos(request.actor, ids),
        "kept_count": len(ids),
        "with_files": "photos" in form.fields,
        "similar": _similar(order, verb, request.actor),
    }
    return render(request, "orders/move.html", context, status=status)


def _similar(order: Order, verb: str, actor: Actor) -> list[SimilarRow]:
    """Beside the answer to be written: how similar orders were answered."""
    if verb != "finish" or not sees_text(actor, order):
        return []
    return similar_rows(similar_to(order, actor, 3), order, may_finish=True)
