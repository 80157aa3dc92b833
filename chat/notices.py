"""What concerns a person: where they are named or answered, in the rooms that they may enter,
and what is written to them directly.

Nothing is written down for it. A notice is new until its person has read that far in its
room, on whatever device (see ``chat.reading``).
"""

from django.db.models import F, Q

from chat.mentions import key
from chat.models import Message
from chat.models.message import MessageQuerySet

LISTED = 50


def of(person_pk: int, *conditions: Q) -> MessageQuerySet:
    """The newest last; one query, with ``read`` as far as the person has read in the room."""
    concerns = Q(mentions__has_key=key(person_pk)) | Q(answers_to__author=person_pk)
    concerns |= Q(room__is_direct=True)
    messages = Message.objects.filter(
        concerns,
        *conditions,
        room__memberships__person=person_pk,
        deleted_at=None,
        hidden_at=None,
    ).exclude(author=person_pk)
    return messages.annotate(read=F("room__memberships__read"))


def count_new(person_pk: int) -> int:
    return of(person_pk, Q(number__gt=F("room__memberships__read"))).count()


def count_direct(person_pk: int) -> int:
    """How many direct messages are new."""
    is_new = Q(number__gt=F("room__memberships__read"))
    return of(person_pk, is_new, Q(room__is_direct=True)).count()


def newest(person_pk: int) -> list[Message]:
    """Without direct messages, which have a page of their own."""
    messages = of(person_pk, Q(room__is_direct=False)).select_related("author", "room")
    return list(messages.order_by("-posted_at", "-pk")[:LISTED])
