"""The living style page: every component with sample values, for builders and tests of looks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _

from gridpact.core.access import PUBLIC
from gridpact.ui import kit as samples
from gridpact.ui.render import render

View = Callable[[HttpRequest], HttpResponse]


def _builders_only(view: View) -> View:
    """In production only those who manage accounts see the style page; to others it is missing."""

    @wraps(view)
    def guarded(request: HttpRequest) -> HttpResponse:
        actor = getattr(request, "actor", PUBLIC)
        if not (settings.DEBUG or actor.has("accounts.manage")):
            raise Http404
        return view(request)

    return guarded


@_builders_only
def kit(request: HttpRequest) -> HttpResponse:
    """Every component in the staff shell."""
    if request.GET.get("toast"):
        messages.success(request, _("Saved."))
        messages.error(request, _("This did not work. Please try again."))
    return render(request, "ui/kit.html", samples.context(request.GET))


@_builders_only
def kit_public(request: HttpRequest) -> HttpResponse:
    """The public shell with a sample form."""
    return render(request, "ui/kit_public.html", samples.context(request.GET))


@_builders_only
def kit_document(request: HttpRequest) -> HttpResponse:
    """The paper shell."""
    return render(request, "ui/kit_document.html", samples.context(request.GET))


@_builders_only
def kit_cells(request: HttpRequest) -> HttpResponse:
    """Sample cells as GeoJSON."""
    return JsonResponse(samples.cells())


@_builders_only
def kit_points(request: HttpRequest) -> HttpResponse:
    """Sample points as GeoJSON; `?n=` sets how many (at most 1,000)."""
    number = request.GET.get("n", "24")
    return JsonResponse(samples.points(min(int(number) if number.isdecimal() else 24, 1000)))


@_builders_only
def kit_picture(request: HttpRequest) -> HttpResponse:
    """A neutral sample picture."""
    return HttpResponse(samples.PICTURE, content_type="image/svg+xml")
