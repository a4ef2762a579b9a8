"""Shapes of the sign-in calls."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from ninja import Schema
from pydantic import BaseModel, Field

from gridpact.core.words import Words


class TokenIn(BaseModel):
    """User name, password and, for accounts with a second factor, the six-digit code."""

    username: Annotated[Words, Field(min_length=1, max_length=150)]
    password: Annotated[Words, Field(min_length=1, max_length=500)]
    otp: Annotated[Words, Field(max_length=20)] = ""


class UserOut(Schema):
    """A person with an account."""

    username: str
    name: str


class PostOut(Schema):
    """A post in term: `id` is the appointment, which `acting_as` and `dispatch` name."""

    id: int
    kind: str
    name: str
    cell: str
    cell_name: str
    level: str


class TokenOut(Schema):
    """A new token; `token` is shown once."""

    token: str
    expires: datetime
    user: UserOut
    posts: list[PostOut]


class OrgOut(Schema):
    """An organisation the person acts for."""

    id: int
    name: str
    role: str


class MeOut(Schema):
    """The caller: posts, organisations and all rights they give somewhere."""

    user: UserOut
    posts: list[PostOut]
    orgs: list[OrgOut]
    rights: list[str]
    acting_as: int | None
