"""What a file load answers: every register import reports in the same form."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from gridpact.core.access import Refused
from gridpact.core.texts import register_refusals

Row = tuple[int, dict[str, str]]  # (row number as the spreadsheet shows it, {column: text})

register_refusals(
    {
        "file_missing": _("There is no file %(name)s."),
        "file_not_json": _("%(name)s is not JSON: %(why)s"),
        "columns_missing": _("%(name)s lacks the columns %(columns)s."),
    }
)


@dataclass
class LoadReport:
    """Counts of a load; `rejected` holds (row number, reason). Nothing was saved unless `saved`."""

    accepted: int = 0
    unchanged: int = 0
    rejected: list[tuple[int, str]] = field(default_factory=list)
    saved: bool = False

    def reject(self, row: int, reason: str) -> None:
        """Note why row `row` cannot be taken."""
        self.rejected.append((row, reason))


@transaction.atomic
def load_rows(
    table: Iterable[Row], load_row: Callable[[dict[str, str]], bool], *, dry_run: bool
) -> LoadReport:
    """Give each row to `load_row`, which says whether it changed anything or raises `Refused`.

    One rejected row, or `dry_run`, and nothing is saved.
    """
    report = LoadReport()
    mark = transaction.savepoint()
    for number, row in table:
        try:
            with transaction.atomic():
                changed = load_row(row)
        except Refused as refusal:
            report.reject(number, refusal.sentence)
        else:
            report.accepted += changed
            report.unchanged += not changed
    report.saved = not report.rejected and not dry_run
    if report.saved:
        transaction.savepoint_commit(mark)
    else:
        transaction.savepoint_rollback(mark)
    return report
