"""What must hold of an event's places at every moment, in as few queries as may be."""

from collections import Counter

from django.db import connection

from conference.models import Contingent, Event, Place, Slot, Waiting

# Counted by one statement each, which sees one moment, whatever others do meanwhile.
OVERBOOKED = """
    SELECT s.id FROM conference_slot s WHERE s.capacity < (
        SELECT COUNT(*) FROM conference_place p WHERE p.slot_id = s.id
    ) + (
        SELECT COUNT(*) FROM conference_waiting w WHERE w.offered_slot_id = s.id
    ) OR s.taken <> (SELECT COUNT(*) FROM conference_place p WHERE p.slot_id = s.id)
"""
TWICE = """
    SELECT registration_id FROM conference_place
    GROUP BY registration_id HAVING COUNT(*) > %s
"""


def overbooked() -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(OVERBOOKED)
        return [pk for (pk,) in cursor.fetchall()]


def twice(most: int = 1) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(TWICE, [most])
        return [pk for (pk,) in cursor.fetchall()]


def wrong(event: Event) -> list[str]:
    """In words, what does not hold while nobody acts."""
    faults: list[str] = []
    places = list(Place.objects.filter(slot__forum__event=event).select_related("slot"))
    waitings = list(Waiting.objects.filter(forum__event=event).order_by("rank", "pk"))
    contingents = list(Contingent.objects.filter(slot__forum__event=event))
    for slot in Slot.objects.filter(forum__event=event).select_related("forum__event", "round"):
        counted = {
            "taken": sum(place.slot_id == slot.pk for place in places),
            "offered": sum(one.offered_slot_id == slot.pk for one in waitings),
            "held": sum(one.left for one in contingents if one.slot_id == slot.pk),
        }
        faults += [
            f"{slot.pk}: {name} is {getattr(slot, name)}, there are {count}"
            for name, count in counted.items()
            if getattr(slot, name) != count
        ]
        if sum(counted.values()) > slot.capacity:
            faults.append(f"{slot.pk}: overbooked")
        here = {place.registration_id for place in places if place.slot_id == slot.pk}
        line = [
            one
            for one in waitings
            if one.forum_id == slot.forum_id
            and one.slot_id in (None, slot.pk)
            and one.offered_slot_id is None
        ]
        if [one for one in line if one.slot_id and one.registration_id in here]:
            faults.append(f"{slot.pk}: somebody waits for the place that they have")
        waits = [one for one in line if one.registration_id not in here]
        if slot.free > 0 and waits and not slot.is_shut:
            faults.append(f"{slot.pk}: {slot.free} free, {len(waits)} wait")
    held = Counter(place.registration_id for place in places)
    if most := max(held.values(), default=0) > event.places_per_person:
        faults.append(f"somebody holds {most}")
    faults += [
        f"contingent {one.pk}: used is {one.used}"
        for one in contingents
        if one.released_at is None
        and one.used != sum(place.contingent_id == one.pk for place in places)
    ]
    faults += [f"{one.pk}: round" for one in places if one.round_id != one.slot.round_id]
    return faults
