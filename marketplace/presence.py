from collections.abc import Iterable
from datetime import timedelta

from chat import clock
from chat.models import Presence


def people_in(room_pks: Iterable[int]) -> dict[int, set[int]]:
    people: dict[int, set[int]] = {}
    since = clock.now() - timedelta(seconds=90)
    rows = Presence.objects.filter(room__in=room_pks, seen_at__gte=since)
    for room_pk, person_pk in rows.values_list("room", "person"):
        people.setdefault(room_pk, set()).add(person_pk)
    return people
