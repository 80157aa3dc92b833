"""The programme as one kind of reader sees it; asks the database when something is shown."""

from __future__ import annotations

from datetime import date
from functools import cached_property
from itertools import groupby
from typing import NamedTuple

from django.contrib.auth.models import AnonymousUser

from chat import clock
from conference.models import Event, Person, Session

WHOLE = "alle"


class Day(NamedTuple):
    number: int
    date: date
    sessions: list[Session]


class Programme:
    """One day of the event (``asked`` for by its number), or all; today's without a word.

    Five queries.
    """

    def __init__(self, event: Event, person: Person | AnonymousUser, asked: str) -> None:
        self.event, self.person = event, person
        is_day = asked.isdecimal() and len(asked) < 3
        self.asked = asked if is_day or asked == WHOLE else ""

    @property
    def is_whole(self) -> bool:
        return self.asked == WHOLE

    @cached_property
    def sessions(self) -> list[Session]:
        sessions = self.event.sessions.in_programme(self.person)
        return list(sessions.prefetch_related("slots__forum__event"))

    @cached_property
    def days(self) -> list[Day]:
        days = groupby(self.sessions, lambda session: session.day)
        return [Day(number, date, list(group)) for number, (date, group) in enumerate(days, 1)]

    @cached_property
    def chosen(self) -> list[Day]:
        today = clock.now().astimezone(self.event.zone).date()
        chosen = [day for day in self.days if self.is_whole or str(day.number) == self.asked]
        return chosen or [day for day in self.days if day.date == today] or self.days[:1]

    @cached_property
    def next(self) -> Session | None:
        now = clock.now()
        return next((one for one in self.sessions if one.starts_at > now), None)
