"""How far people have read, and what is new for them since.

A membership keeps the number up to which its person has read: by a page that showed it, or as
an open page tells by its socket. The hub collects these and writes them now and then.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping

from django.contrib.auth.models import AnonymousUser
from django.db.models import Count, F

from chat.models import HasRoom, Membership, Message
from chat.presence import Pair


def unread_counts(person_pk: int, room_pks: Iterable[int]) -> dict[int, int]:
    """How many shown messages of others each room has that are new to this member; one query.

    Rooms with nothing new, or not this person's to enter, are left out.
    """
    new = Message.objects.filter(
        room__in=[*room_pks],
        room__memberships__person=person_pk,
        number__gt=F("room__memberships__read"),
        deleted_at=None,
        hidden_at=None,
    ).exclude(author=person_pk)
    return dict(new.order_by().values_list("room_id").annotate(Count("pk")))


def count_unread[Host: HasRoom](
    person: object | AnonymousUser, hosts: Iterable[Host]
) -> list[Host]:
    """These, each with how much is new to the person in its room (``unread``); one query."""
    hosts = list(hosts)
    pk = getattr(person, "pk", None)
    counts = unread_counts(pk, [host.room_id for host in hosts]) if pk and hosts else {}
    for host in hosts:
        host.unread = counts.get(host.room_id, 0)
    return hosts


def note(read: Mapping[Pair, int]) -> None:
    """These people have read these rooms up to these numbers. A statement per number: in a
    busy room most have read as far."""
    people = defaultdict(list)
    for (room_pk, person_pk), number in read.items():
        people[room_pk, number].append(person_pk)
    for (room_pk, number), person_pks in people.items():
        members = Membership.objects.filter(room=room_pk, person__in=person_pks)
        members.filter(read__lt=number).update(read=number)
