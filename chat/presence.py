"""Who is here. A row per room, person and server process, which fades unless refreshed.

Sockets are refreshed by their process's hub; who polls, or reads without JavaScript, is here
for as long as they were seen lately.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, NamedTuple

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.template.loader import render_to_string

from chat import clock
from chat.models import Membership, Presence, Role

# The hubs refresh every 10 s and look every 10 s who faded: so whoever was in a process that
# was killed is gone from every screen within 30 s.
FADES_AFTER = timedelta(seconds=18)
NO_SOCKET = "http"  # stands for the process of those who have none
NO_SOCKET_FADES_AFTER = timedelta(seconds=60)
NOTED_EVERY = timedelta(seconds=20)
MOST_NAMES = 50
RANKS = {Role.HOST: 0, Role.MODERATOR: 1, Role.MEMBER: 2}

Pair = tuple[int, int]  # room's and person's pk


def people_in(room_pks: Iterable[int]) -> dict[int, set[int]]:
    """Each room's people who are here now, by their pk. One query."""
    here: dict[int, set[int]] = {pk: set() for pk in room_pks}
    rows = Presence.objects.filter(lately(), room__in=here)
    for room_pk, person_pk in rows.values_list("room_id", "person_id"):
        here[room_pk].add(person_pk)
    return here


def lately(where: str = "") -> Q:
    """Not faded yet; ``where`` is how the query gets to the presence."""
    now = clock.now()
    has_socket = Q(**{f"{where}seen_at__gt": now - FADES_AFTER})
    has_none = Q(
        **{
            f"{where}process": NO_SOCKET,
            f"{where}seen_at__gt": now - NO_SOCKET_FADES_AFTER,
        }
    )
    return has_socket | has_none


class Here(NamedTuple):
    """Somebody in a room, as the list of who is here shows them."""

    person_id: int
    role: str
    name: str
    organisation: str


class Seen(NamedTuple):
    """That somebody is here, by the word of one process."""

    who: Here
    process: str
    at: datetime


def look(room_pk: int) -> list[Seen]:
    """Who is here now; one query."""
    rows: Iterable[Any] = Membership.objects.filter(
        lately("person__presences__"),
        room=room_pk,
        room__is_direct=False,  # nobody need tell another that they are there
        person__presences__room=room_pk,
    ).values_list(
        "person",
        "role",
        "person__name",
        "person__organisation",
        "person__presences__process",
        "person__presences__seen_at",
    )
    return [Seen(Here(*who), process, at) for *who, process, at in rows]


def render(room_pk: int) -> str:
    return listed(room_pk, look(room_pk))


def listed(room_pk: int, seen: Iterable[Seen]) -> str:
    """Who is here, the same for everyone: those who keep the room first."""
    people = {one.who for one in seen}
    in_order = sorted(people, key=lambda one: (RANKS[Role(one.role)], one.name.casefold(), one))
    return _list(room_pk, *in_order)


@lru_cache(maxsize=256)
def _list(room_pk: int, *people: Here) -> str:
    """Asked for again and again while nobody comes or goes."""
    context = {"room_pk": room_pk, "count": len(people), "people": people[:MOST_NAMES]}
    return render_to_string("chat/_people.html", context | {"more": len(people) - MOST_NAMES})


def note(room_pk: int, person_pk: int) -> list[Seen]:
    """Somebody without a socket was seen here; written down now and then, not each time.

    Returns who is here: one query, two more where there is something to write.
    """
    seen, due = look(room_pk), clock.now() - NOTED_EVERY
    me = (person_pk, NO_SOCKET)
    if any((one.who.person_id, one.process) == me and one.at > due for one in seen):
        return seen
    refresh(NO_SOCKET, [(room_pk, person_pk)])
    return look(room_pk)


def refresh(process: str, pairs: Iterable[Pair]) -> None:
    """These are here, through this process. One statement, unless a room or a person among
    them was deleted meanwhile: then without these."""
    pairs = [*pairs]
    try:
        _write_down(process, pairs)
    except IntegrityError:
        _write_down(process, _still_there(pairs))


@transaction.atomic
def _write_down(process: str, pairs: Iterable[Pair]) -> None:
    now = clock.now()
    Presence.objects.bulk_create(
        [
            Presence(room_id=room, person_id=person, process=process, seen_at=now)
            for room, person in pairs
        ],
        update_conflicts=True,
        unique_fields=["room", "person", "process"],
        update_fields=["seen_at"],
    )


def _still_there(pairs: list[Pair]) -> list[Pair]:
    seats = Membership.objects.filter(
        room__in={room for room, _person in pairs},
        person__in={person for _room, person in pairs},
    )
    known = set(seats.values_list("room_id", "person_id"))
    return [pair for pair in pairs if pair in known]


def forget(process: str, pairs: Iterable[Pair]) -> None:
    """These left; so did their last request, in case they had come without a socket."""
    for room_pk, person_pk in pairs:
        Presence.objects.filter(
            room=room_pk, person=person_pk, process__in=[process, NO_SOCKET]
        ).delete()


def tidy() -> None:
    """Delete the rows of processes that ended without a word."""
    Presence.objects.filter(seen_at__lt=clock.now() - 60 * NO_SOCKET_FADES_AFTER).delete()
