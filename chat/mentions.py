"""People whom a message names: ``@Gerd Hoffmann``, as he is called in the room."""

from __future__ import annotations

import re
from collections.abc import Mapping

from django.db.models import F, TextField, Value
from django.db.models.functions import Concat, StrIndex
from django.db.models.lookups import GreaterThan

MOST = 20  # people in one message; who names more names nobody


def is_named(body: str) -> GreaterThan:
    """The condition that a membership's person is named in this text."""
    name = Concat(Value("@"), F("person__name"), output_field=TextField())
    return GreaterThan(StrIndex(Value(body, output_field=TextField()), name), 0)


def named_in(body: str, names: Mapping[int, str]) -> dict[str, str]:
    """Whom it names of these people, by ``key``; “@Anna Maria” does not name Anna."""
    named: dict[str, str] = {}
    for name in sorted({*names.values()}, key=len, reverse=True):
        rest = re.sub(rf"@{re.escape(name)}(?!\w)", "", body)
        if name and rest != body:
            body = rest
            named |= {key(person): name for person, other in names.items() if other == name}
    return named if len(named) <= MOST else {}


def key(person_pk: int) -> str:
    """A number alone would be a list's index to the database."""
    return f"p{person_pk}"
