"""`gridpact load chain`: a pasted chain text from a file."""

from __future__ import annotations

from argparse import Namespace
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from gridpact.cli.output import CommandError, show
from gridpact.core.access import Actor, Refused
from gridpact.doors.services import Paste, Reading, Saved, read_paste, save_chain
from gridpact.doors.tables import unread_lines


def load_chain(args: Namespace, actor: Actor) -> int:
    """Read the text of a chain of the cell `--cell`, and keep it unless `--dry-run`."""
    if not args.cell:
        raise CommandError(_("a chain text needs --cell, the code of the cell of its group"))
    paste = Paste(_text(args.file), args.cell)
    if args.dry_run:
        _show(args, read_paste(paste, actor=actor), None)
    else:
        saved = save_chain(paste, actor=actor)
        _show(args, saved.reading, saved)
    return 0


def _text(path: Path) -> str:
    raw = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return raw.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Refused("file_not_text", 422, name=path.name)


def _show(args: Namespace, reading: Reading, saved: Saved | None) -> None:
    new = len(reading.of("new"))
    changed = len(reading.of("changed")) + len(reading.of("back"))
    same, gone = len(reading.of("same")), len(reading.withdrawn)
    unread = unread_lines(reading.parsed.unread)
    orders = [order.number for order in saved.opened] if saved else []
    facts: dict[str, Any] = {
        "title": reading.parsed.title,
        "kind": reading.kind,
        "accepted": new + changed,
        "unchanged": same,
        "rejected": [{"row": line, "reason": f"{why}: {text}"} for line, text, why in unread],
        "new": new,
        "changed": changed,
        "withdrawn": gone,
        "orders": orders,
        "dry_run": saved is None,
    }
    lines = [
        _("accepted %(n)s") % {"n": new + changed},
        _("unchanged %(n)s") % {"n": same},
        _("rejected %(n)s") % {"n": len(unread)},
        _("%(new)s new, %(changed)s changed, %(gone)s no longer in the list")
        % {"new": new, "changed": changed, "gone": gone},
        _("%(n)s orders placed") % {"n": len(orders)},
    ]
    lines += [_("row %(row)s: %(why)s") % {"row": row["row"], "why": row["reason"]}
              for row in facts["rejected"]]  # fmt: skip
    show(args, facts, lines)
