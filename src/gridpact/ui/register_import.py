"""Importing rows into a register: dry run first, all or none; the same file twice adds nothing."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import IO, Any

from django import forms
from django.core import signing
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from gridpact.core import clock
from gridpact.core.access import Actor, Refused
from gridpact.ui import sheets
from gridpact.ui.registers import Register

MAX_ROWS = 20_000
KEPT_SECONDS = 3600
SHOWN_REJECTS = 200
_FOLDER = "imports"
_SALT = "gridpact.ui.import"
_YES = {"1", "true", "yes", "y", "是", "√"}


class UploadForm(forms.Form):
    """The file to import."""

    file = forms.FileField(
        label=_("File"),
        help_text=_(".xlsx or .csv, at most 20 MB. Nothing is saved before you confirm."),
        widget=forms.FileInput(attrs={"accept": ".xlsx,.csv", "class": "gp-plain-file"}),
    )


@dataclass(frozen=True, slots=True)
class Reject:
    """A row that was not taken, by its number in the file, and why."""

    row: int
    reason: str


@dataclass(slots=True)
class ImportResult:
    """What an import did or would do; counts are rows."""

    created: int = 0
    updated: int = 0
    unchanged: int = 0
    rejected: list[Reject] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)

    @property
    def changes(self) -> int:
        """Rows that are new or differ from what is stored."""
        return self.created + self.updated

    @property
    def accepted(self) -> int:
        """Rows that would be written."""
        return self.changes

    @property
    def is_good(self) -> bool:
        """True when every row was understood; only then may it be confirmed."""
        return not self.rejected

    @property
    def shown_rejects(self) -> list[Reject]:
        """The first rejected rows, in file order."""
        return sorted(self.rejected, key=lambda one: one.row)[:SHOWN_REJECTS]


def _names(register: Register[Any]) -> dict[str, set[str]]:
    """Every header a field answers to: its name and its label in each language."""
    names: dict[str, set[str]] = {}
    for language in ("zh-hans", "en"):
        with translation.override(language):
            for key, one in _blank_form(register).fields.items():
                names.setdefault(key, {key}).add(str(one.label or key))
    return names


def _blank_form(register: Register[Any]) -> forms.ModelForm[Any]:
    if register.form_class is None:
        raise Refused("not_found", 404)
    return register.form_class()


def template_columns(register: Register[Any]) -> list[sheets.SheetColumn]:
    """The columns of the import template: labels with a star where required, and notes."""
    columns = []
    for name, one in _blank_form(register).fields.items():
        star = " *" if one.required else ""
        note = register.notes.get(name) or _note(one)
        columns.append(sheets.SheetColumn(f"{one.label}{star}", 22, note))
    return columns


def _note(one: forms.Field) -> str:
    """What may stand in a column: its help text, and the choices when they are few."""
    notes = [str(one.help_text)] if one.help_text else []
    choices = getattr(one, "choices", None)
    if choices is not None and not isinstance(one, forms.ModelChoiceField):
        labels = [str(label) for value, label in choices if value]
        notes.append(" / ".join(labels[:20]))
    if isinstance(one, forms.BooleanField):
        notes.append(gettext("yes / no"))
    if isinstance(one, forms.DateField):
        notes.append(gettext("date as 2026-01-31"))
    return "; ".join(notes) or (gettext("required") if one.required else gettext("may stay empty"))


def bound_to(register: Register[Any], row: Any) -> dict[str, Any]:
    """Arguments that bind the register's form to `row`, with references as their form values."""
    form = _blank_form(register)
    initial = {
        name: one.prepare_value(getattr(row, name))
        for name, one in form.fields.items()
        if isinstance(one, forms.ModelChoiceField)
        and not isinstance(one, forms.ModelMultipleChoiceField)
        and hasattr(row, name)
    }
    return {"instance": row, "initial": initial}


def _cell(one: forms.Field, text: str) -> Any:
    """A cell as form data: labels of choices become their values, yes becomes true."""
    if isinstance(one, forms.BooleanField):
        return text.casefold() in _YES
    if isinstance(one, forms.ChoiceField) and not isinstance(one, forms.ModelChoiceField):
        for value, label in one.widget.choices:
            if text in (str(label), str(value)):
                return value
    return text


@dataclass(slots=True)
class _Run:
    """One pass over a file for one actor."""

    register: Register[Any]
    actor: Actor
    used: dict[str, str]
    result: ImportResult
    seen: dict[str, int] = field(default_factory=dict)

    def take(self, number: int, cells: dict[str, str]) -> None:
        """Take one row: create, update, leave, or reject with the reason."""
        key = self.key_of(cells)
        if not key:
            column = self.used.get(self.register.key, self.register.key)
            self.reject(number, gettext("%(column)s is empty") % {"column": column})
            return
        if key in self.seen:
            said = gettext("%(key)s already stands in row %(row)d") % {
                "key": key,
                "row": self.seen[key],
            }
            self.reject(number, said)
            return
        self.seen[key] = number
        row = self.register.queryset(self.actor).filter(**{self.register.key: key}).first()
        form = self.form(row, cells)
        if row is not None and not form.has_changed():
            self.result.unchanged += 1
        elif not form.is_valid():
            self.reject(number, _reasons(form))
        else:
            self.write(number, row, form)

    def key_of(self, cells: dict[str, str]) -> str:
        """The natural key of a row of the file: typed, or made from its other cells."""
        if self.register.identify is None:
            return cells[self.used[self.register.key]]
        return self.register.identify({name: cells[text] for name, text in self.used.items()})

    def form(self, row: Any, cells: dict[str, str]) -> forms.ModelForm[Any]:
        """The register's form over a row of the file; absent columns keep what is stored."""
        if self.register.form_class is None:
            raise Refused("not_found", 404)
        bound = {} if row is None else bound_to(self.register, row)
        blank = self.register.form_class(**bound)
        data: dict[str, Any] = {}
        for name, one in blank.fields.items():
            if name in self.used:
                data[name] = _cell(one, cells[self.used[name]])
            elif row is not None:
                data[name] = blank[name].value()
            elif one.initial is not None:
                data[name] = one.initial() if callable(one.initial) else one.initial
        return self.register.form_class(data, **bound)

    def write(self, number: int, row: Any, form: forms.ModelForm[Any]) -> None:
        """Run the verb in a savepoint, so that its refusal rejects only this row."""
        try:
            with transaction.atomic():
                self.save(row, form)
        except Refused as refusal:
            self.reject(number, refusal.sentence)
        else:
            self.result.created += row is None
            self.result.updated += row is not None

    def save(self, row: Any, form: forms.ModelForm[Any]) -> None:
        """Create or update by the register's verb; `Refused` when it has none for that."""
        create, update = self.register.create, self.register.update
        if row is None and create is not None:
            create(form, self.actor)
        elif row is not None and update is not None:
            update(row, form, self.actor)
        else:
            raise Refused("import_not_allowed", 409)

    def reject(self, number: int, reason: str) -> None:
        """Note a row that is not taken."""
        self.result.rejected.append(Reject(number, reason))


def _reasons(form: forms.BaseForm) -> str:
    said = []
    for name, errors in form.errors.items():
        label = f"{form.fields[name].label}: " if name in form.fields else ""
        said.append(f"{label}{' '.join(str(error) for error in errors)}")
    return "; ".join(said)


def _run(register: Register[Any], file: IO[bytes], name: str, actor: Actor) -> ImportResult:
    """Read the file and take its rows inside the caller's transaction."""
    sheet = sheets.read_table(file, name)
    used = sheets.header_names(sheet.header, _names(register))
    form = _blank_form(register)
    needed = [name for name, one in form.fields.items() if one.required or name == register.key]
    missing = [str(form.fields[name].label) for name in needed if name not in used]
    if missing:
        raise Refused("import_columns_missing", 400, columns="、".join(missing))
    result = ImportResult()
    result.unused = [text for text in sheet.header if text and text not in used.values()]
    run = _Run(register, actor, used, result)
    for count, (number, cells) in enumerate(_sound(sheet, run), start=1):
        if count > MAX_ROWS:
            raise Refused("import_too_many", 400, limit=MAX_ROWS)
        run.take(number, cells)
    return result


def _sound(sheet: sheets.Sheet, run: _Run) -> Iterable[tuple[int, dict[str, str]]]:
    """The rows that can be believed; the others are rejected with their flaw."""
    for number, cells in sheet.rows:
        if number in sheet.flaws:
            run.reject(number, sheet.flaws[number])
        else:
            yield number, cells


def dry_run(register: Register[Any], file: IO[bytes], name: str, actor: Actor) -> ImportResult:
    """What the import would do. Everything, audit rows too, is taken back."""
    with transaction.atomic():
        result = _run(register, file, name, actor)
        transaction.set_rollback(True)
    return result


def run_import(register: Register[Any], file: IO[bytes], name: str, actor: Actor) -> ImportResult:
    """Import for real: one rejected row and nothing is kept."""
    with transaction.atomic():
        result = _run(register, file, name, actor)
        if not result.is_good:
            transaction.set_rollback(True)
    return result


def keep(file: IO[bytes], name: str, actor: Actor) -> str:
    """Keep an upload for the confirmation; the token works for this person for an hour."""
    _sweep()
    file.seek(0)
    suffix = name.rsplit(".", 1)[-1].lower()
    stored = default_storage.save(f"{_FOLDER}/{secrets.token_hex(16)}.{suffix}", File(file))
    return signing.dumps({"path": stored, "user": actor.user_id}, salt=_SALT)


@contextmanager
def kept_file(token: str, actor: Actor) -> Iterator[tuple[IO[bytes], str]]:
    """The upload behind a token with its name; it is removed when the block ends well.

    Raises `Refused` import_expired for a stale or foreign token.
    """
    try:
        kept = signing.loads(token, salt=_SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature as error:
        raise Refused("import_expired", 400) from error
    if kept["user"] != actor.user_id or not default_storage.exists(kept["path"]):
        raise Refused("import_expired", 400)
    with default_storage.open(kept["path"]) as file:
        yield file, kept["path"]
    default_storage.delete(kept["path"])


def confirm(register: Register[Any], token: str, actor: Actor) -> ImportResult:
    """Import a kept upload. Raises `Refused` import_expired for a stale or foreign token."""
    with kept_file(token, actor) as (file, name):
        return run_import(register, file, name, actor)


def _sweep() -> None:
    """Remove uploads nobody confirmed within the hour."""
    if not default_storage.exists(_FOLDER):
        return
    _folders, files = default_storage.listdir(_FOLDER)
    before = clock.now() - timedelta(seconds=KEPT_SECONDS)
    for name in files:
        path = f"{_FOLDER}/{name}"
        if default_storage.get_created_time(path) < before:
            default_storage.delete(path)
