"""Sentences for what asking about and redrawing the territory may be refused with."""

from django.utils.translation import gettext_lazy as _

from gridpact.core.texts import register_refusals

register_refusals(
    {
        "level_unknown": _("Level “%(given)s” is unknown; expected one of %(allowed)s."),
        "no_place": _("This is no place on earth, or the datum is not wgs84, gcj02 or bd09."),
        "locate_what": _("Give lon and lat, or address."),
        "address_unknown": _("The address names no place of this district."),
        "day_far": _("The day %(given)s is too far away."),
        "redraw_past": _("%(day)s has passed; a redraw takes effect today or later."),
        "redraw_far": _("%(day)s is more than ten years ahead."),
        "redraw_reason": _("Say why the net is redrawn."),
        "redraw_running": _("Somebody is redrawing the net this moment. Please try again."),
        "redraw_conflict": _("Redraw %(code)s is planned here for %(day)s; take it back first."),
        "redraw_nobody": _("Nobody would see what lies here: no post above %(name)s is held."),
        "redraw_orphans": _("%(count)s records would stay in a cell that is no more."),
        "redraw_nothing": _("This is how it is already."),
        "redraw_name": _("Give the new name."),
        "redraw_root": _("%(name)s is the top of the net and cannot be redrawn so."),
        "redraw_cycle": _("%(name)s lies inside the cell itself."),
        "redraw_level": _("%(name)s is not of the level that is needed: %(level)s."),
        "redraw_cell_unknown": _("No cell has the code %(code)s on that day."),
        "redraw_children": _("%(count)s cells lie inside %(name)s. Say where they go first."),
        "redraw_no_boundary": _("Give the new outline."),
        "redraw_outside_parent": _("The outline reaches beyond %(name)s."),
        "redraw_overlaps": _(
            "The outline covers ground of %(name)s, from which none may be taken."
        ),
        "redraw_child_outside": _("%(name)s would lie outside."),
        "redraw_child_cut": _("The line cuts %(name)s; most of it lies in %(to)s."),
        "redraw_no_ground": _("%(name)s has no outline yet."),
        "redraw_no_line": _("Draw a line, or give the outlines of the parts."),
        "redraw_codes_full": _("No codes are left under %(name)s."),
        "redraw_not_beside": _("%(name)s is not of the same level and parent as %(other)s."),
        "redraw_alone": _("Say which cells join."),
        "redraw_invalid": _("The shape is no valid area or line."),
        "redraw_too_few": _("At least two parts are needed."),
        "redraw_line_outside": _("The line does not touch the cell."),
        "redraw_line_does_not_cross": _("The line does not cross the cell from border to border."),
        "redraw_parts_overlap": _("Parts %(parts)s overlap (%(area)s m²)."),
        "redraw_parts_leave_gap": _("The parts leave %(area)s m² uncovered."),
        "redraw_part_outside": _("Part %(parts)s reaches outside the cell (%(area)s m²)."),
        "redraw_touches_in_a_point": _("%(parts)s meet in a point only."),
        "redraw_not_contiguous": _("%(parts)s do not meet; %(gap)s m lie between them."),
        "redraw_leaves_gap": _("Its ground will belong to no cell inside %(name)s."),
        "redraw_gives_up": _("Part of the old ground will belong to no cell."),
        "redraw_takes": _("%(area)s m² of %(name)s come to %(to)s."),
        "redraw_gives": _("%(area)s m² of %(name)s go to %(to)s."),
        "redraw_swallows": _("Nothing would be left of %(name)s; merge the cells instead."),
        "redraw_strip_apart": _("The ground that is given up does not touch %(name)s."),
        "redraw_strip_cuts": _("The new border cuts %(name)s; say where such cells go."),
        "redraw_apart": _("%(name)s does not touch the rest of %(other)s."),
        "redraw_no_outline": _("%(count)s cells without an outline go to %(to)s."),
        "redraw_undone": _("This redraw was taken back already."),
        "redraw_later": _("Redraw %(code)s came after it on the same ground."),
        "redraw_edited": _("%(name)s was changed since."),
        "redraw_depends": _("%(count)s posts, cells or records depend on it by now."),
    }
)
