"""What people want to say, and how it is stored: many posts by as few statements as one.

These statements run for each message, and are plain SQL for that: Django's ORM takes ten times
as long to put them together as both databases to run them. What is rare is asked by the ORM.
However many posts there are, a statement's text is the same, because drivers take it apart, and
databases plan it, anew for each text: lists and rows go into it as one value.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import cache, partial
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.contrib.auth import get_user_model
from django.db import connection, transaction
from django.db.models import BigIntegerField, Field, Model
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import clock, live
from chat.limits import TooFast, TooMany, pace
from chat.mentions import key, named_in
from chat.models.membership import Role
from chat.models.message import Message, check
from chat.models.sanction import Muted
from chat.refusal import Refusal
from chat.text import fold, tidy

if TYPE_CHECKING:
    from chat.models.room import Room
    from conference.models import Person

Outcome = Message | Exception


class NotAdmitted(Refusal):
    status = 403

    def __init__(self) -> None:
        super().__init__(_("You are not in this room, or not any more."))


class LoggedOut(Refusal):
    status = 403

    def __init__(self) -> None:
        super().__init__(_("You are not logged in any more."))


class Paused(Refusal):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("The chat is paused. Only those who keep the room write now."))


class TooSoon(TooMany):
    """In a slow room."""

    @staticmethod
    def sentence(seconds: int) -> str:
        return ngettext(
            "This chat is in slow mode. Please wait %(seconds)s second.",
            "This chat is in slow mode. Please wait %(seconds)s seconds.",
            seconds,
        ) % {"seconds": seconds}


class Post:
    """Something that somebody wants to say, and what became of it."""

    __slots__ = (
        *("room", "author_pk", "body", "client_id", "answers", "session", "author"),
        *("haste", "outcome"),
    )

    def __init__(
        self,
        room: int,
        author_pk: int,
        body: str,
        client_id: UUID,
        answers: int | None = None,
        *,
        author: Person | None = None,
        session: str = "",
    ) -> None:
        """Either with its author, or with the session of a socket: who that is by then
        is looked up when it is written."""
        self.room = room if room <= BigIntegerField.MAX_BIGINT else 0
        self.author_pk, self.client_id = author_pk, client_id
        self.body, self.answers = tidy(body), answers
        self.author, self.session = author, session
        self.haste: TooFast | None = None  # refused for that, unless it was said before
        self.outcome: Outcome | None = None

    def count(self) -> None:
        """Let it count towards its author's pace."""
        try:
            pace(self.author_pk)
        except TooFast as refusal:
            self.haste = refusal

    @property
    def pair(self) -> tuple[int, int]:
        return self.room, self.author_pk

    @property
    def once(self) -> tuple[int, int, UUID]:
        return self.room, self.author_pk, self.client_id


@dataclass(slots=True)
class Seat:
    """What is asked of a membership when its person posts, or is named or answered.

    Seats of one room share its object; ``has_said`` is about the posts at hand.
    """

    room: Room
    person_id: int
    name: str
    role: str
    is_muted: bool
    has_said: bool

    @property
    def may_hide(self) -> bool:
        return self.role in KEEPERS


KEEPERS = (Role.HOST, Role.MODERATOR)
Seats = dict[tuple[int, int], Seat]  # by the room's and the person's pk


def write(posts: list[Post]) -> list[Outcome]:
    """In the order in which they came, with the next numbers of their rooms; three queries,
    and one for what is answered."""
    seats = _seats(posts)
    known = _known(posts, seats)
    originals = _originals(posts, seats)
    outcomes: list[Outcome] = []
    for post in posts:
        if post.once not in known:
            try:
                known[post.once] = _message(post, seats, originals)
            except Refusal as refusal:
                outcomes.append(refusal)
                continue
        outcomes.append(known[post.once])
    if new := [message for message in known.values() if message.pk is None]:
        _draw_numbers({message.room for message in new})
        _insert(new)
        transaction.on_commit(partial(live.publish, *new), robust=True)
    for message in new:
        if concerned := _concerned(message, seats):
            transaction.on_commit(partial(live.notify, message, concerned), robust=True)
    return outcomes


def _message(
    post: Post, seats: Seats, originals: dict[tuple[int, int | None], Message]
) -> Message:
    """With the room's next number; raises what keeps its author from saying it."""
    if post.author is None:
        raise LoggedOut
    if (seat := seats.get(post.pair)) is None:
        raise NotAdmitted
    if post.haste:
        raise post.haste
    check(post.body)
    if seat.is_muted:
        seat.room.check_mute(post.author_pk)
    check_room(seat)
    keep_pace(seat)
    seat.room.head += 1
    return Message(
        room=seat.room,
        number=seat.room.head,
        changed=seat.room.head,
        author=post.author,
        role=seat.role,
        client_id=post.client_id,
        body=post.body,
        folded=fold(post.body),
        mentions=named_in(post.body, _others(post, seats)),
        answers_to=originals.get((post.room, post.answers)),
        posted_at=clock.now(),
    )


def _others(post: Post, seats: Seats) -> dict[int, str]:
    """Whom it may name; see ``_wanted``."""
    if "@" not in post.body:
        return {}
    return {
        person_pk: seat.name
        for (room_pk, person_pk), seat in seats.items()
        if room_pk == post.room and person_pk != post.author_pk
    }


def _concerned(message: Message, seats: Seats) -> set[int]:
    """The people in the room whom it names or answers; of two, the other."""
    if message.room.is_direct:
        other = message.room.talk.other_pk(message.author_id or 0)
        return {other} if other else set()
    original = message.answers_to
    answered = original.author_id if original and original.is_shown else None
    if not (message.mentions or answered):
        return set()
    return {
        person_pk
        for room_pk, person_pk in seats
        if room_pk == message.room_id
        and person_pk != message.author_id
        and (key(person_pk) in message.mentions or person_pk == answered)
    }


def check_voice(seat: Any) -> None:
    """Of a membership ``with_mute``: raises ``Muted``, or what ``check_room`` does."""
    if seat.muted_until:
        raise Muted(seat.muted_until, seat.mute_reason)
    check_room(seat)


def check_room(seat: Any) -> None:
    """Raises ``Paused``, or what ``Talk.check_voice`` does."""
    if seat.room.is_direct:
        seat.room.talk.check_voice(seat.person_id)
    elif seat.room.paused_at and not seat.may_hide:
        raise Paused


def keep_pace(seat: Seat) -> None:
    """In a slow room: raises ``TooSoon``, or notes when the next message may follow."""
    room = seat.room
    if not room.slow_seconds or seat.may_hide:
        return
    if left := room.seconds_until_post(seat.person_id):
        raise TooSoon(left)
    now = clock.now().timestamp()
    ahead = {person: moment for person, moment in room.next_posts.items() if moment > now}
    room.next_posts = ahead | {str(seat.person_id): now + room.slow_seconds}


# -- what the database is told and asked


def _seats(posts: list[Post]) -> Seats:
    """The memberships of those who post, and of those whom they may name or answer, with the
    rooms locked until the transaction ends: who draws a number later thus commits later."""
    from chat.models.room import Room  # it imports this module in turn

    ids = [post.client_id.hex for post in posts]
    wanted, about = _wanted(posts)
    lock = "FOR NO KEY UPDATE OF room" if connection.features.has_select_for_update else ""
    query = f"""
        SELECT room.id, room.title, room.head, room.slow_seconds, room.next_posts,
            room.paused_at, room.is_direct, person.id, person.name, seat.role,
            EXISTS (
                SELECT 1 FROM chat_sanction mute
                WHERE mute.room_id = room.id AND mute.person_id = person.id
                AND mute.kind = 'mute' AND mute.lifted_at IS NULL AND mute.ends_at > %s
            ),
            EXISTS (
                SELECT 1 FROM chat_message said
                WHERE said.room_id = room.id AND said.author_id = person.id
                AND said.client_id {among("uuid")}
            )
        FROM chat_membership seat
        JOIN chat_room room ON room.id = seat.room_id
        JOIN {get_user_model()._meta.db_table} person ON person.id = seat.person_id
        WHERE {wanted}
        ORDER BY room.id {lock}
    """  # noqa: S608 - made of names of ours and of places for what people say
    rooms: dict[int, Room] = {}
    seats: Seats = {}
    with connection.cursor() as cursor:
        cursor.execute(query, [moment(clock.now()), listed(ids), *about])
        for pk, title, head, slow, posts_at, paused_at, is_direct, *seat in cursor.fetchall():
            if pk not in rooms:
                rooms[pk] = Room(
                    pk=pk,
                    title=title,
                    head=head,
                    slow_seconds=slow,
                    next_posts=json.loads(posts_at),
                    paused_at=paused_at,
                    is_direct=bool(is_direct),
                )
            seats[pk, seat[0]] = Seat(rooms[pk], *seat)
    return seats


def _wanted(posts: list[Post]) -> tuple[str, list[Any]]:
    """Whose seats, as a condition and what it is about."""
    rooms, people = {post.room for post in posts}, {post.author_pk for post in posts}
    wanted = [f"room.id {among('bigint')} AND person.id {among('bigint')}"]
    about: list[Any] = [listed(rooms), listed(people)]
    for post in posts:
        if "@" in post.body:
            wanted.append("room.id = %s AND replace(%s, '@' || person.name, '') <> %s")
            about += [post.room, post.body, post.body]
        if post.answers is not None:
            original = "SELECT author_id FROM chat_message WHERE room_id = %s AND number = %s"
            wanted.append(f"room.id = %s AND person.id = ({original})")
            about += [post.room, post.room, post.answers]
    return " OR ".join(wanted), about


def _draw_numbers(rooms: set[Room]) -> None:
    """Keep what each room, locked as it is, has come to."""
    from chat.models.room import Room  # as above

    drawn = rows_of(Room, ("id", "head", "next_posts"))
    query = f"""
        UPDATE chat_room SET head = drawn.head, next_posts = drawn.next_posts
        FROM ({drawn}) drawn WHERE chat_room.id = drawn.id
    """  # noqa: S608
    rows = [{"id": r.pk, "head": r.head, "next_posts": r.next_posts} for r in rooms]
    with connection.cursor() as cursor:
        cursor.execute(query, [json.dumps(rows)])


def _insert(messages: list[Message]) -> None:
    """As ``bulk_create`` would, for what a new message has."""
    query = f"""
        INSERT INTO chat_message ({", ".join(NEW)}) {rows_of(Message, NEW)}
        RETURNING room_id, number, id
    """
    rows = [
        {name: getattr(message, name) for name in NEW}
        | {"client_id": message.client_id.hex, "posted_at": moment(message.posted_at)}
        for message in messages
    ]
    with connection.cursor() as cursor:
        cursor.execute(query, [json.dumps(rows)])
        pks = {(room, number): pk for room, number, pk in cursor.fetchall()}
    for message in messages:
        message.pk = pks[message.room_id, message.number]
        message._state.adding, message._state.db = False, connection.alias


NEW = (
    *("room_id", "number", "changed", "author_id", "role", "client_id", "body", "folded"),
    *("mentions", "reactions", "answers_to_id", "posted_at"),
)


@cache
def rows_of(model: type[Model], names: tuple[str, ...]) -> str:
    """A query for rows with these fields of the model, out of a JSON array of objects."""
    if connection.vendor == "sqlite":
        values = ", ".join(f"json_extract(value, '$.{name}') AS {name}" for name in names)
        return f"SELECT {values} FROM json_each(%s)"  # noqa: S608
    fields: list[Field[Any, Any]] = [model._meta.get_field(name) for name in names]  # type: ignore[misc]
    types = ", ".join(
        f"{name} {field.rel_db_type(connection)}"
        for name, field in zip(names, fields, strict=True)
    )
    return f"SELECT {', '.join(names)} FROM json_to_recordset(%s) AS given({types})"  # noqa: S608


def among(kind: str) -> str:
    """A condition: that something of this kind is ``listed``."""
    if connection.vendor == "sqlite":
        return "IN (SELECT value FROM json_each(%s))"
    return f"= ANY(%s::{kind}[])"


def listed(values: Iterable[Any]) -> Any:
    return json.dumps([*values]) if connection.vendor == "sqlite" else [*values]


def moment(at: datetime) -> str:
    """As both databases read it."""
    return str(connection.ops.adapt_datetimefield_value(at))


def _known(posts: list[Post], seats: Seats) -> dict[tuple[int, int, UUID], Message]:
    """What was posted before and is posted again."""
    again = [post for post in posts if post.pair in seats and seats[post.pair].has_said]
    if not again:
        return {}
    messages = Message.objects.with_author().filter(
        room__in={post.room for post in again},
        author__in={post.author_pk for post in again},
        client_id__in=[post.client_id for post in again],
    )
    return {(m.room_id, m.author_id or 0, m.client_id): m for m in messages}


def _originals(posts: list[Post], seats: Seats) -> dict[tuple[int, int | None], Message]:
    """What is answered; read after locking, since it may have been hidden until then."""
    answers = [post for post in posts if post.pair in seats and post.answers is not None]
    if not answers:
        return {}
    messages = Message.objects.select_related("author").filter(
        room__in={post.room for post in answers},
        number__in={post.answers for post in answers},
    )
    return {(message.room_id, message.number): message for message in messages}
