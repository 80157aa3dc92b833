"""A list of people to be registered: looked at first, then taken over whole or not at all."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _

from conference.forms import AddressField, DetailsForm
from conference.models import Person
from conference.models.person import tidy_address

if TYPE_CHECKING:
    from conference.models import Event
    from conference.tables import Line

# What a column may be called, in any case.
NAMES = {
    "name": ["name", "vor- und nachname", "first and last name", "teilnehmende"],
    "first": ["vorname", "first name"],
    "last": ["nachname", "familienname", "last name", "surname"],
    "email": ["e-mail-adresse", "e-mail", "email", "mail", "e-mail address", "mailadresse"],
    "organisation": ["organisation", "einrichtung", "institution", "organization", "träger"],
    "place": [
        *("gemeinde oder landkreis", "kommune", "gemeinde", "ort", "landkreis", "place"),
        *("municipality or district", "municipality", "district", "stadt", "kreis"),
    ],
    "function": ["funktion", "function", "rolle", "position"],
}


class LineForm(DetailsForm):
    email = AddressField()


@dataclass
class Entry:
    """One line of the file: whom it names, and what is wrong with it or will become of it."""

    number: int
    details: dict[str, str]
    email: str = ""
    errors: list[str] = field(default_factory=list)
    is_known: bool = False  # has an account, whose details stay as they are
    is_registered: bool = False  # nothing to do


@dataclass
class Check:
    entries: list[Entry]
    ignored: list[str]  # headings of columns that we do not know

    @property
    def bad(self) -> list[Entry]:
        return [entry for entry in self.entries if entry.errors]

    @property
    def new(self) -> list[Entry]:
        return [one for one in self.entries if not (one.errors or one.is_registered)]

    @property
    def registered(self) -> list[Entry]:
        return [one for one in self.entries if one.is_registered and not one.errors]


def check(event: Event, lines: list[Line]) -> Check:
    """A dry run, three queries; raises ``ValidationError`` if the columns make no sense."""
    columns, ignored = columns_in(lines[0][1] if lines else [])
    entries = [entry_of(number, row, columns) for number, row in lines[1:]]
    if not entries:
        raise ValidationError(_("There is nobody in this file."))
    people = {
        person.email: person
        for person in Person.objects.filter(email__in=[entry.email for entry in entries])
    }
    there = set(
        event.registrations.confirmed()
        .filter(person__in=people.values())
        .values_list("person__email", flat=True)
    )
    seen: dict[str, int] = {}
    for entry in entries:
        first = seen.setdefault(entry.email, entry.number) if entry.email else entry.number
        if first != entry.number:
            text = _("The same address stands in line %(number)s.")
            entry.errors.append(text % {"number": first})
        person = people.get(entry.email)
        if person and not person.is_active:
            entry.errors.append(_("This account is shut."))
        entry.is_known = person is not None
        entry.is_registered = entry.email in there
    return Check(entries, ignored)


def columns_in(heads: list[str]) -> tuple[dict[str, int], list[str]]:
    """Which column holds what, and those that we do not know."""
    columns: dict[str, int] = {}
    ignored = []
    for index, head in enumerate(heads):
        word = " ".join(head.lower().split())
        name = next((name for name, words in NAMES.items() if word in words), "")
        if name and name not in columns:
            columns[name] = index
        elif head:
            ignored.append(head)
    if "email" not in columns or not columns.keys() & {"name", "first", "last"}:
        raise ValidationError(
            _("The first line must name the columns. We need at least “Name” and “E-Mail”.")
        )
    return columns, ignored


def entry_of(number: int, row: list[str], columns: dict[str, int]) -> Entry:
    cells = {name: row[at] if at < len(row) else "" for name, at in columns.items()}
    parts = cells.pop("first", ""), cells.pop("last", "")
    cells["name"] = cells.get("name") or " ".join(filter(None, parts))
    form = LineForm(cells)
    if form.is_valid():
        return Entry(number, form.details, form.cleaned_data["email"])
    errors = [
        f"{form[name].label}: {error}" for name, found in form.errors.items() for error in found
    ]
    return Entry(number, cells, tidy_address(cells["email"]), errors=errors)


@transaction.atomic
def take_over(event: Event, entries: list[Entry], *, by_mail: bool) -> int:
    """Register them all; what known people say of themselves stays. Returns how many."""
    for entry in entries:
        person, _is_new = Person.objects.get_or_create(
            email=entry.email, defaults={**entry.details, "password": make_password(None)}
        )
        registration = event.enrol(person)
        if by_mail:
            registration.mail_enrolled(at_once=False)
    return len(entries)
