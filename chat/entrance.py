"""Who comes in by socket: the person behind the session that a cookie names.

Beside ``AuthMiddlewareStack``, which asks for each socket by itself and keeps session and
person as long as the socket lives, this answers all who come at once together, and keeps a
number and a key. The hub asks again with each beat: who logged out is shown out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import TYPE_CHECKING

from channels.db import database_sync_to_async
from django.conf import settings
from django.contrib.auth import (
    BACKEND_SESSION_KEY,
    HASH_SESSION_KEY,
    SESSION_KEY,
    get_user_model,
)
from django.contrib.sessions.backends.db import SessionStore
from django.contrib.sessions.models import Session
from django.http import parse_cookie
from django.utils import timezone
from django.utils.crypto import constant_time_compare

if TYPE_CHECKING:
    from conference.models import Person


def session_of(headers: Iterable[tuple[bytes, bytes]]) -> str:
    """The key of the session, as the browser says; empty if it says none."""
    cookies = next((value for name, value in headers if name == b"cookie"), b"")
    return parse_cookie(cookies.decode("latin1")).get(settings.SESSION_COOKIE_NAME, "")


def people_by_session(keys: Iterable[str]) -> dict[str, int]:
    """The pk of the person who is logged in by each session, if anybody is. Two queries."""
    return {key: person.pk for key, person in people_in(keys).items()}


def people_in(keys: Iterable[str], *fields: str) -> dict[str, Person]:
    """The same, with these fields of theirs."""
    sessions = Session.objects.filter(session_key__in=keys, expire_date__gt=timezone.now())
    logins = {
        key: login
        for key, data in sessions.values_list("session_key", "session_data")
        if (login := login_in(data))
    }
    people = get_user_model().objects.filter(is_active=True).only("password", *fields)
    there = people.in_bulk({pk for pk, _hash in logins.values()})
    return {
        key: person
        for key, (pk, told) in logins.items()
        if (person := there.get(pk))
        # As Django has it: a new password ends all sessions.
        and constant_time_compare(told, person.get_session_auth_hash())
    }


@lru_cache(maxsize=4096)
def login_in(session_data: str) -> tuple[int, str] | None:
    """The person's pk, and the hash of their password then."""
    data = SessionStore().decode(session_data)
    if data.get(BACKEND_SESSION_KEY) not in settings.AUTHENTICATION_BACKENDS:
        return None
    return int(data[SESSION_KEY]), data.get(HASH_SESSION_KEY, "")


class Together[Question, Answer]:
    """Answers all who asked meanwhile by one call: a thousand arrivals are a few queries."""

    def __init__(self, answer: Callable[[set[Question]], dict[Question, Answer]]) -> None:
        self.answer = database_sync_to_async(answer)
        self.questions: set[Question] = set()
        self.next: asyncio.Task[dict[Question, Answer]] | None = None
        self.turn = asyncio.Lock()

    async def ask(self, questions: Iterable[Question]) -> dict[Question, Answer]:
        """Of these, the ones that have an answer; raises what the database raises."""
        self.questions.update(questions)
        self.next = self.next or asyncio.create_task(self._answer())
        everything = await asyncio.shield(self.next)
        return {one: everything[one] for one in questions if one in everything}

    async def _answer(self) -> dict[Question, Answer]:
        async with self.turn:
            questions, self.questions, self.next = self.questions, set(), None
            return await self.answer(questions)
