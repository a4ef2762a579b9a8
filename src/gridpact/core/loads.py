"""What a file load answers: every register import reports in the same form."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.utils.translation import gettext_lazy as _

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
