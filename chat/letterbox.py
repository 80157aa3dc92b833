"""What open sockets post: handed to the desk together, once per turn of the loop.

A page says ``{"room": 5, "id": "…", "body": "…", "answers": 3, "lang": "de"}``, where ``id`` is
its ``client_id`` and ``answers`` may be null. It hears, in that socket alone, ``{"room": 5,
"id": "…", "number": 9}``, or why not, ``{…, "error": "…", "seconds": 4}``; with neither it may
try again. The message itself comes to it as to everybody.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.utils import translation

from chat.frame import Frame
from chat.limits import TooMany
from chat.live import text_of
from chat.models import Message
from chat.models.desk import desk
from chat.models.posting import LoggedOut, Post
from chat.refusal import Refusal

MOST_CHARACTERS = 16_000  # of a letter: what is longer no page of ours sends
MOST_LETTERS = 20  # of one socket that are not answered yet
MOST_NUMBER = 10**12


class Sender(Protocol):
    """A socket, as the letterbox sees it."""

    person: int
    session: str
    letters: int  # not answered yet

    def tell(self, frame: Frame) -> None: ...
    def sign_out(self) -> None: ...


@dataclass(slots=True)
class Letter:
    sender: Sender
    post: Post
    language: str

    def answer(self) -> str:
        """What the sender hears; empty for somebody whose session has ended."""
        answer: dict[str, Any] = {"room": self.post.room, "id": str(self.post.client_id)}
        match self.post.outcome:
            case LoggedOut():
                return ""
            case Message(number=number):
                answer["number"] = number
            case Refusal() as refusal:
                with translation.override(self.language):
                    answer["error"] = str(refusal)
                if isinstance(refusal, TooMany):
                    answer["seconds"] = refusal.seconds
        return text_of(answer)


class Letterbox:
    """Of one event loop."""

    def __init__(self) -> None:
        self.letters: list[Letter] = []

    def drop(self, sender: Sender, text: str) -> bool:
        """Returns whether it is one that we take; never waits."""
        letter = letter_in(sender, text)
        if letter is None or sender.letters >= MOST_LETTERS:
            return False
        sender.letters += 1
        if not self.letters:
            asyncio.get_running_loop().call_soon(self._collect)
        self.letters.append(letter)
        return True

    def _collect(self) -> None:
        letters, self.letters = self.letters, []
        loop = asyncio.get_running_loop()
        desk.hand_in([letter.post for letter in letters], partial(_settled, loop, letters))


def _settled(loop: asyncio.AbstractEventLoop, letters: list[Letter]) -> None:
    """In the writer's thread."""
    answers = [(letter.sender, letter.answer()) for letter in letters]
    with suppress(RuntimeError):  # the server is shutting down
        loop.call_soon_threadsafe(_answer, answers)


def _answer(answers: list[tuple[Sender, str]]) -> None:
    for sender, text in answers:
        sender.letters -= 1
        if text:
            sender.tell(Frame(text))
        else:
            sender.sign_out()


def letter_in(sender: Sender, text: str) -> Letter | None:
    """None if anything of it is odd."""
    if len(text) > MOST_CHARACTERS:
        return None
    try:
        said = json.loads(text)
        room, answers = said["room"], said["answers"]
        client_id, body, language = UUID(said["id"]), said["body"], said["lang"]
    except (AttributeError, KeyError, RecursionError, TypeError, ValueError):
        return None
    if not (is_number(room) and (answers is None or is_number(answers))):
        return None
    if not (isinstance(body, str) and language in LANGUAGES):
        return None
    post = Post(room, sender.person, body, client_id, answers, session=sender.session)
    return Letter(sender, post, language)


LANGUAGES = [code for code, _name in settings.LANGUAGES]


def is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < MOST_NUMBER
