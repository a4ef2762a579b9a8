"""What the verbs of duties say when they refuse, and the sentences of their messages."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals
from gridpact.notify.texts import register_texts

register_refusals(
    {
        "item_code_taken": _("The code %(code)s already belongs to another work item."),
        "duty_code_taken": _("The code %(code)s already belongs to another duty."),
        "item_level_used": _("%(item)s is assigned in cells of the level %(level)s."),
        "item_unknown": _("No work item has the code %(code)s."),
        "item_not_here": _("%(item)s does not apply to %(cell)s."),
        "post_elsewhere": _("%(post)s stands neither on %(cell)s nor above it."),
        "post_away": _("%(name)s is away on %(day)s and nobody acts for them."),
        "post_not_in_term": _("The term of %(name)s does not run on %(day)s."),
        "already_assigned": _("%(name)s has this role here already."),
        "assignment_backwards": _("The assignment would end before it starts."),
        "task_ended": _("This task has ended already."),
        "task_proof_missing": _("Please write a note, add a photo or place an order."),
        "task_due_past": _("The last day lies in the past."),
        "holder_unknown": _(
            "Nobody with the username %(given)s holds a post in %(cell)s or above."
        ),
    }
)

register_texts(
    {
        "task_given": _("New task until %(day)s in %(cell)s: %(title)s"),
        "task_climbed": _("Overdue in %(cell)s and now with you: %(title)s"),
        "task_handed": _("You took over an open task in %(cell)s: %(title)s"),
    }
)
