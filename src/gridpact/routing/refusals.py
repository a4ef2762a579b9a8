"""Sentences for what verbs on rules refuse, and for what is wrong with a rule."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals
from gridpact.notify.texts import register_texts

register_refusals(
    {
        "rule_shape": _("“%(field)s” is not understood."),
        "rule_nameless": _("A rule needs a name."),
        "rule_empty": _("Set at least one condition: this rule would catch every order."),
        "rule_aimless": _("Say where the order goes."),
        "rule_two_targets": _("Name a post or an organisation, not both."),
        "rule_too_early": _("Class and category are known only after triage."),
        "rule_wrong_target": _("This target does not belong to this stage."),
        "rule_unknown": _("“%(given)s” is unknown here."),
        "rule_cell": _("No cell in use has the code %(code)s."),
        "rule_desk_not_over": _("The desk of %(desk)s does not stand over the rule's area."),
        "rule_post": _("No post kind has the code %(code)s."),
        "rule_org": _("No active organisation has the code %(code)s."),
        "rule_vacant": _("Nobody holds the post %(post)s anywhere in the rule's area."),
        "rule_category": _("No category in use has the code %(code)s."),
        "rule_words": _("At most %(most)s words of at most %(signs)s signs in one list."),
        "rule_pattern": _("The pattern is not accepted: %(why)s"),
        "rule_pattern_long": _("A pattern has at most %(most)s signs."),
        "rule_time": _("Give times of day such as 08:30."),
        "rules_too_many": _("At most %(most)s rules."),
        "rule_key_twice": _("Two rules have the same key."),
        "no_draft": _("There is no draft; start one first."),
        "draft_gone": _("This draft was published or thrown away by somebody else meanwhile."),
        "draft_changed": _("The draft was changed meanwhile; look at it again."),
        "draft_broken": _("Rule %(position)s “%(name)s”: %(why)s"),
        "version_unknown": _("There is no version %(number)s."),
        "version_in_force": _("Version %(number)s is in force already."),
    }
)
register_texts({"rule_broken": _("Routing rule “%(name)s” does not work: %(why)s")})
