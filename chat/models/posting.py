"""How messages are stored: what waits is written together, in one transaction.

A transaction costs the same for one message as for fifty, most of it waiting for the disk. Who
posts while another transaction is under way waits for the next, which then takes everybody
along; alone, nobody waits. Per process; between processes the room's row is the queue.
"""

from __future__ import annotations

from collections import deque
from functools import partial
from threading import Event, Lock
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db import IntegrityError, connection, transaction
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from chat import clock, live
from chat.limits import TooMany
from chat.mentions import is_named, key, named_in
from chat.models.membership import Membership
from chat.models.message import Message
from chat.models.sanction import Muted
from chat.refusal import Refusal
from chat.text import fold

if TYPE_CHECKING:
    from chat.models.room import Room
    from conference.models import Person

Outcome = Message | Exception
Seat = Any  # a membership, with ``has_said`` and its mute (see ``_seats``)
MOST = 200  # messages in one transaction


class NotAdmitted(Refusal):
    status = 403

    def __init__(self) -> None:
        super().__init__(_("You are not in this room, or not any more."))


class Paused(Refusal):
    status = 409

    def __init__(self) -> None:
        super().__init__(_("The chat is paused. Only those who keep the room write now."))


class TooSoon(TooMany):
    """In a slow room; its sentence is in the language of whoever reads it."""

    def __str__(self) -> str:
        return ngettext(
            "This chat is in slow mode. Please wait %(seconds)s second.",
            "This chat is in slow mode. Please wait %(seconds)s seconds.",
            self.seconds,
        ) % {"seconds": self.seconds}


class Post:
    """Something that somebody wants to say, and what became of it."""

    def __init__(
        self,
        room: Room,
        author: Person,
        body: str,
        client_id: UUID,
        answers: int | None = None,
    ) -> None:
        self.room, self.author, self.body, self.client_id = room, author, body, client_id
        self.answers = answers
        self.outcome: Outcome | None = None
        self.called = Event()

    @property
    def pair(self) -> tuple[int, int]:
        return self.room.pk, self.author.pk

    def store(self) -> Message:
        """Returns the message, or the first one of this ``client_id``; three queries,
        and one for what it answers to.

        Raises what ``Room.post`` names. Within a transaction of the caller's it becomes a
        part of that.
        """
        if connection.in_atomic_block:
            settle([self])
        else:
            desk.hand_in(self)
        if isinstance(self.outcome, Message):
            return self.outcome
        raise self.outcome or RuntimeError("The post was not settled.")


class Desk:
    """Where a process's posts are handed in. One of those who wait writes for all of them."""

    def __init__(self) -> None:
        self.lock = Lock()
        self.is_taken = False
        self.waiting: deque[Post] = deque()

    def hand_in(self, post: Post) -> None:
        """Returns when the post has its outcome."""
        with self.lock:
            self.waiting.append(post)
            has_to_wait, self.is_taken = self.is_taken, True
        if has_to_wait:
            post.called.wait()
        if post.outcome is None:  # called to write, as the first in the queue
            self._write()

    def _write(self) -> None:
        with self.lock:
            posts = [self.waiting.popleft() for _post in range(min(len(self.waiting), MOST))]
        try:
            settle(posts)
        finally:
            with self.lock:
                following = self.waiting[0] if self.waiting else None
                self.is_taken = following is not None
            for post in filter(None, [*posts, following]):
                post.called.set()


desk = Desk()


def settle(posts: list[Post]) -> None:
    """Write them, and give each its outcome; one that spoils the others is written alone."""
    try:
        with transaction.atomic():
            outcomes = write(posts)
    except IntegrityError as error:
        if len(posts) == 1:
            outcomes = [_second_try(posts, error)]
        else:
            for post in posts:
                settle([post])
            return
    except Exception as error:  # the database is away: each of them is told
        outcomes = [error] * len(posts)
    for post, outcome in zip(posts, outcomes, strict=True):
        post.outcome = outcome


def _second_try(posts: list[Post], error: Exception) -> Outcome:
    """The same post came in through another process at once: by now it can be seen."""
    try:
        with transaction.atomic():
            return write(posts)[0]
    except Exception:
        return error


def write(posts: list[Post]) -> list[Outcome]:
    """In the order in which they came, with the next numbers of their rooms."""
    from chat.models.room import Room  # it imports this module in turn

    seats = _seats(posts)
    known = _known(posts, seats)
    originals = _originals(posts, seats)
    outcomes: list[Outcome] = []
    for post in posts:
        seat = seats.get(post.pair)
        once = (*post.pair, post.client_id)
        if seat is None:
            outcomes.append(NotAdmitted())
            continue
        if once not in known:
            try:
                check_voice(seat)
                keep_pace(seat)
            except Refusal as refusal:
                outcomes.append(refusal)
                continue
            seat.room.head += 1
            original = originals.get((post.room.pk, post.answers))
            known[once] = _message(post, seat, original)
            known[once].mentions = named_in(post.body, _others(post, seats))
        outcomes.append(known[once])
    new = [message for message in known.values() if message.pk is None]
    rooms = {message.room for message in new}
    slow = ["next_posts"] if any(room.slow_seconds for room in rooms) else []
    Room.objects.bulk_update(rooms, ["head", *slow])
    for message in Message.objects.bulk_create(new):
        transaction.on_commit(partial(live.publish, message), robust=True)
        if concerned := _concerned(message, seats):
            transaction.on_commit(partial(live.notify, message, concerned), robust=True)
    return outcomes


def _others(post: Post, seats: dict[tuple[int, int], Seat]) -> list[Seat]:
    """Who may be named in it; see ``_wanted``."""
    if "@" not in post.body:
        return []
    return [
        seat
        for (room_pk, person_pk), seat in seats.items()
        if room_pk == post.room.pk and person_pk != post.author.pk
    ]


def _concerned(message: Message, seats: dict[tuple[int, int], Seat]) -> set[int]:
    """The people in the room whom it names or answers; of two, the other."""
    if message.room.is_direct:
        other = message.room.talk.other_pk(message.author_id or 0)
        return {other} if other else set()
    original = message.answers_to
    answered = original.author_id if original and original.is_shown else None
    return {
        person_pk
        for room_pk, person_pk in seats
        if room_pk == message.room_id
        and person_pk != message.author_id
        and (key(person_pk) in message.mentions or person_pk == answered)
    }


def check_voice(seat: Seat) -> None:
    """Raises ``Muted``, ``Paused``, or what ``Talk.check_voice`` does, for who may not write
    now.
    """
    if seat.muted_until:
        raise Muted(seat.muted_until, seat.mute_reason)
    if seat.room.is_direct:
        seat.room.talk.check_voice(seat.person_id)
    elif seat.room.paused_at and not seat.may_hide:
        raise Paused


def keep_pace(seat: Seat) -> None:
    """In a slow room: raises ``TooSoon``, or notes when the next message may follow."""
    room, now = seat.room, clock.now().timestamp()
    if not room.slow_seconds or seat.may_hide:
        return
    if left := room.seconds_until_post(seat.person_id):
        raise TooSoon(left)
    ahead = {person: moment for person, moment in room.next_posts.items() if moment > now}
    room.next_posts = ahead | {str(seat.person_id): now + room.slow_seconds}


def _seats(posts: list[Post]) -> dict[tuple[int, int], Seat]:
    """The memberships of those who post, and of those whom they may name or answer, with the
    rooms locked until the transaction ends.

    Who draws a room's number later thus commits later. Seats of one room share its object.
    """
    earlier = Message.objects.filter(
        room=OuterRef("room"),
        author=OuterRef("person"),
        client_id__in=[post.client_id for post in posts],
    )
    rows = (
        Membership.objects.select_for_update(of=["room"], no_key=True)
        .filter(_wanted(posts))
        .select_related("room", *(["person"] if any("@" in p.body for p in posts) else []))
        .with_mute()
        .annotate(has_said=Exists(earlier))
        .order_by("room_id")
    )
    rooms: dict[int, Room] = {}
    seats: dict[tuple[int, int], Seat] = {}
    for seat in rows:
        seat.room = rooms.setdefault(seat.room_id, seat.room)
        seats[seat.room_id, seat.person_id] = seat
    return seats


def _wanted(posts: list[Post]) -> Q:
    wanted = Q(room__in={p.room.pk for p in posts}, person__in={p.author.pk for p in posts})
    for post in posts:
        if "@" in post.body:
            wanted |= Q(is_named(post.body), room=post.room.pk)
        if post.answers is not None:
            original = Message.objects.filter(room=post.room.pk, number=post.answers)
            wanted |= Q(room=post.room.pk, person__in=original.values("author"))
    return wanted


def _known(
    posts: list[Post], seats: dict[tuple[int, int], Seat]
) -> dict[tuple[int, int, UUID], Message]:
    """What was posted before and is posted again."""
    again = [post for post in posts if post.pair in seats and seats[post.pair].has_said]
    if not again:
        return {}
    messages = Message.objects.with_author().filter(
        room__in={post.room.pk for post in again},
        author__in={post.author.pk for post in again},
        client_id__in=[post.client_id for post in again],
    )
    return {(m.room_id, m.author_id or 0, m.client_id): m for m in messages}


def _originals(
    posts: list[Post], seats: dict[tuple[int, int], Seat]
) -> dict[tuple[int, int | None], Message]:
    """What is answered; read after locking, since it may have been hidden until then."""
    answers = [post for post in posts if post.pair in seats and post.answers is not None]
    if not answers:
        return {}
    messages = Message.objects.select_related("author").filter(
        room__in={post.room.pk for post in answers},
        number__in={post.answers for post in answers},
    )
    return {(message.room_id, message.number): message for message in messages}


def _message(post: Post, seat: Seat, original: Message | None) -> Message:
    return Message(
        room=seat.room,
        number=seat.room.head,
        changed=seat.room.head,
        author=post.author,
        role=seat.role,
        client_id=post.client_id,
        body=post.body,
        folded=fold(post.body),
        answers_to=original,
        posted_at=clock.now(),
    )
