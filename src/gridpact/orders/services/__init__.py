"""The verbs on orders. Edges import them from here; one function per move of the table."""

from gridpact.orders.services.clock.extensions import (
    ask_extension,
    extend_order,
    refuse_extension,
    resume_order,
    suspend_order,
)
from gridpact.orders.services.desk.decide import Ruling, decide_order, refuse_order
from gridpact.orders.services.desk.replies import save_reply
from gridpact.orders.services.desk.triage import (
    accept_order,
    close_order,
    dispatch_order,
    offer_order,
    reject_order,
    triage_order,
    verify_fail_order,
    verify_pass_order,
)
from gridpact.orders.services.desk.undo import undo_order
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
from gridpact.orders.services.residents.affected import join_order
from gridpact.orders.services.residents.contact import add_words, contact_reporter
from gridpact.orders.services.residents.reporter import (
    Marks,
    rate_order,
    redo_order,
    withdraw_order,
)
from gridpact.orders.services.residents.reveal import reveal_reporter
from gridpact.orders.services.residents.visits import visit_order
from gridpact.orders.services.supervise import supervise_order, unsupervise_order, urge_order
from gridpact.orders.services.ties import Part, merge_order, split_order
from gridpact.orders.services.upward import escalate_order, guide_order, send_down_order
from gridpact.orders.services.whistle import (
    rate_assist,
    report_back,
    report_in,
    whistle_order,
)

__all__ = [
    "Contact",
    "Intake",
    "Marks",
    "Part",
    "Ruling",
    "accept_order",
    "add_words",
    "allowed_now",
    "ask_extension",
    "attach_photos",
    "claim_order",
    "close_order",
    "contact_reporter",
    "decide_order",
    "dispatch_order",
    "escalate_order",
    "extend_order",
    "finish_order",
    "guide_order",
    "join_order",
    "keep_upload",
    "merge_order",
    "note_order",
    "offer_order",
    "open_order",
    "rate_assist",
    "rate_order",
    "redo_order",
    "refuse_extension",
    "refuse_order",
    "reject_order",
    "release_order",
    "report_back",
    "report_in",
    "resume_order",
    "return_order",
    "reveal_reporter",
    "save_reply",
    "send_down_order",
    "sign_order",
    "split_order",
    "start_order",
    "supervise_order",
    "suspend_order",
    "triage_order",
    "undo_order",
    "unsupervise_order",
    "urge_order",
    "verify_fail_order",
    "verify_pass_order",
    "visit_order",
    "whistle_order",
    "withdraw_order",
]
