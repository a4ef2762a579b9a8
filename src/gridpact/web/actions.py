"""What the logged actions are called for people; the audit screen is their only reader."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gridpact.orders.choices import BESIDE, MOVES

NAMES = {
    "accounts.sign_in": _("signed in"),
    "accounts.open": _("opened an account for a post"),
    "accounts.open_account": _("opened an account"),
    "accounts.edit_account": _("changed an account"),
    "accounts.reset_password": _("set a new password"),
    "accounts.issue_token": _("made a token for a program"),
    "accounts.revoke_token": _("ended a token"),
    "grid.load_cells": _("loaded cells"),
    "grid.load_divisions": _("loaded divisions"),
    "grid.edit_cell": _("changed a cell"),
    "grid.appoint": _("appointed somebody"),
    "grid.change_term": _("changed a term"),
    "grid.end_term": _("ended a term"),
    "grid.hand_over": _("handed over open work"),
    "grid.show_phone": _("changed what the grid sign shows"),
    "grid.report_absence": _("reported an absence"),
    "grid.plan_redraw": _("planned a redraw"),
    "grid.apply_redraw": _("redrew the net"),
    "grid.undo_redraw": _("took a redraw back"),
    "orgs.save": _("saved an organisation"),
    "orgs.load": _("loaded organisations"),
    "orgs.save_member": _("saved a membership"),
    "orgs.end_member": _("ended a membership"),
    "orgs.save_party": _("saved a party body"),
    "orgs.load_member": _("loaded memberships"),
    "networks.save": _("saved a network"),
    "networks.load": _("loaded a network"),
    "networks.load_features": _("loaded a network"),
    "networks.export": _("exported a network"),
    "duties.assign": _("assigned a duty"),
    "duties.unassign": _("took a duty back"),
    "duties.fill": _("assigned duties by post"),
    "duties.finish_task": _("finished a task"),
    "duties.open_task": _("gave a task"),
    "duties.generate_tasks": _("generated tasks"),
    "duties.climb_overdue": _("sent overdue tasks up"),
    "duties.hand_over": _("handed over tasks"),
    "duties.save_item": _("saved a work item"),
    "duties.save_duty": _("saved a duty"),
    "duties.load_matrix": _("loaded the matrix"),
    "duties.export": _("exported the matrix"),
    "routing.start_draft": _("started a draft of the rules"),
    "routing.discard_draft": _("threw a draft of the rules away"),
    "routing.save_rule": _("saved a routing rule"),
    "routing.drop_rule": _("took a routing rule out"),
    "routing.move_rule": _("moved a routing rule"),
    "routing.fill_draft": _("replaced the draft of the rules"),
    "routing.publish": _("published routing rules"),
    "chains.save": _("saved a chain text"),
    "boxes.enter": _("entered a suggestion box"),
    "hotlines.export": _("exported calls of a hotline"),
    "orders.instruct": _("wrote an instruction"),
    "orders.answer_instruction": _("answered an instruction"),
    "honesty.answer": _("answered a question about closing"),
    "honesty.settle": _("settled a question about closing"),
    "honesty.save_number": _("changed when a question is asked"),
    "supervision.export": _("exported the weekly supervision list"),
    "downloads.take": _("took an exported file"),
    "downloads.cancel": _("stopped an export"),
    "downloads.sweep": _("threw away old exports"),
    "files.export": _("exported a file"),
    "orders.submit": _("placed an order"),
    "orders.upload": _("uploaded a file"),
    "orders.reveal": _("looked at a resident's contact"),
    "orders.load": _("loaded orders"),
    "orders.export": _("exported orders"),
    "orders.hand_over": _("handed over an order"),
    "orders.save_category": _("saved a category"),
    "orders.save_reply": _("saved a standard reply"),
    "orders.undo": _("took a decision back"),
    "orders.sweep_uploads": _("swept loose files"),
    "orders.join": _("joined somebody else's order"),
    "orders.mark": _("marked orders by the clock"),
    "learning.train": _("trained the suggestions"),
    "learning.use": _("put suggestions into use"),
    "learning.switch": _("switched suggestions on or off"),
    "topics.look": _("looked for hot topics"),
    "topics.export": _("exported hot topics"),
    "clocks.save_limit": _("saved a time limit"),
    "clocks.save_threshold": _("saved a threshold"),
    "notify.set_quiet_hours": _("set the quiet hours"),
    "clocks.save_calendar": _("saved a calendar"),
    "clocks.assign_calendar": _("gave an area a calendar"),
    "clocks.set_days": _("changed working days"),
}


def action_name(action: str) -> str:
    """The name of a logged action; a move keeps its own, unknown ones show as logged."""
    app, _dot, verb = action.partition(".")
    if app == "orders" and verb in MOVES:
        return str(MOVES[verb].name)
    if app == "orders" and verb in BESIDE:
        return str(BESIDE[verb])
    return str(NAMES.get(action, action))
