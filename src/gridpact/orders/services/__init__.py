"""The verbs on orders. Edges import them from here; one function per move of the table."""

from gridpact.orders import refusals as refusals  # registers the sentences
from gridpact.orders.services.affected import join_order
from gridpact.orders.services.desk import (
    accept_order,
    close_order,
    dispatch_order,
    offer_order,
    reject_order,
    triage_order,
    verify_fail_order,
    verify_pass_order,
)
from gridpact.orders.services.engine import allowed_now
from gridpact.orders.services.handle import (
    claim_order,
    finish_order,
    note_order,
    release_order,
    return_order,
    sign_order,
    start_order,
)
from gridpact.orders.services.intake import Contact, Intake, open_order
from gridpact.orders.services.photos import attach_photos, keep_upload
from gridpact.orders.services.reporter import Marks, rate_order, redo_order, withdraw_order
from gridpact.orders.services.reveal import reveal_reporter

__all__ = [
    "Contact",
    "Intake",
    "Marks",
    "accept_order",
    "allowed_now",
    "attach_photos",
    "claim_order",
    "close_order",
    "dispatch_order",
    "finish_order",
    "join_order",
    "keep_upload",
    "note_order",
    "offer_order",
    "open_order",
    "rate_order",
    "redo_order",
    "reject_order",
    "release_order",
    "return_order",
    "reveal_reporter",
    "sign_order",
    "start_order",
    "triage_order",
    "verify_fail_order",
    "verify_pass_order",
    "withdraw_order",
]
