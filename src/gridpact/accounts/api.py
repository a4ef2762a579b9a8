"""Signing in by program: tokens, and who the caller is."""

from __future__ import annotations

from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from axes.handlers.proxy import AxesProxyHandler
from axes.utils import reset
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse
from ninja import Router

from gridpact.accounts import schemas
from gridpact.accounts.auth import SIGNED_IN, load_actor
from gridpact.accounts.models import ApiToken, User
from gridpact.accounts.services import issue_token, revoke_token
from gridpact.core.access import Actor, Grant, Refused
from gridpact.core.edge import actor_of, answer, body_docs, read_body
from gridpact.core.net import client_address

router = Router(tags=["accounts"])


@router.post(
    "/auth/token",
    response={200: schemas.TokenOut},
    auth=None,
    openapi_extra=body_docs(schemas.TokenIn),
)
def sign_in(request: HttpRequest) -> HttpResponse:
    """A bearer token for 24 hours.

    401 `bad_credentials`, `otp_required` or `otp_wrong`; after five failures of one name from one
    address 429 `locked` with Retry-After. `Idempotency-Key` has no effect here: secrets are
    not kept.
    """
    body = read_body(request, schemas.TokenIn)
    credentials = {"username": body.username, "password": body.password}
    user = authenticate(request, **credentials)
    if not isinstance(user, User):
        raise Refused("bad_credentials", 401)
    _check_second_factor(request, user, body.otp)
    reset(ip=client_address(request), username=user.username)
    actor = load_actor(user, request)
    issued = issue_token(user, actor=actor)
    return answer(
        {
            "token": issued.secret,
            "expires": issued.token.expires_at,
            "user": {"username": user.username, "name": user.name},
            "posts": posts_of(actor),
        }
    )


def _check_second_factor(request: HttpRequest, user: User, otp: str) -> None:
    """Refuse unless there is no second factor or `otp` fits; wrong codes count as failures."""
    if not is_mfa_enabled(user):
        return
    if not otp:
        raise Refused("otp_required", 401, field="otp")
    factors = Authenticator.objects.filter(user=user).order_by("pk")
    if not any(factor.wrap().validate_code(otp) for factor in factors):
        AxesProxyHandler.user_login_failed(
            sender=User, credentials={"username": user.username}, request=request
        )
        raise Refused("otp_wrong", 401, field="otp")


@router.delete("/auth/token", response={204: None}, auth=SIGNED_IN)
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the token this call was made with."""
    _, _, secret = request.headers.get("Authorization", "").partition(" ")
    token = ApiToken.objects.valid(secret).first()
    if token is None:
        raise Refused("not_found", 404)
    revoke_token(token, actor=actor_of(request))
    return HttpResponse(status=204)


@router.get("/me", response=schemas.MeOut, auth=SIGNED_IN)
def me(request: HttpRequest) -> HttpResponse:
    """The caller with posts, organisations and rights."""
    actor = actor_of(request)
    user = User.objects.get(pk=actor.user_id or 0)
    given = [grant.rights for grant in actor.grants]
    given += [member.rights for member in actor.memberships]
    rights = actor.own_rights.union(*given)
    return answer(
        {
            "user": {"username": user.username, "name": user.name},
            "posts": posts_of(actor),
            "orgs": [
                {"id": one.org_id, "name": one.org_name, "role": one.role}
                for one in actor.memberships
            ],
            "rights": sorted(rights),
            "acting_as": actor.post.appointment_id if actor.post else None,
        }
    )


def posts_of(actor: Actor) -> list[dict[str, object]]:
    """The actor's posts as the API names them."""
    return [_post(grant) for grant in actor.grants]


def _post(grant: Grant) -> dict[str, object]:
    return {
        "id": grant.appointment_id,
        "kind": grant.kind,
        "name": grant.kind_name,
        "cell": grant.cell_code,
        "cell_name": grant.cell_name,
        "level": grant.level,
    }
