"""What one person holds, is offered and waits for in an event's forums."""

from __future__ import annotations

from dataclasses import dataclass, field

from django.contrib.auth.models import AnonymousUser

from conference.models import Event, Person, Place, Registration, Session, Slot, Waiting


@dataclass
class Holdings:
    """At most six queries; for strangers none."""

    event: Event
    registration: Registration | None = None
    places: list[Place] = field(default_factory=list)
    offers: list[Waiting] = field(default_factory=list)
    waitings: list[Waiting] = field(default_factory=list)
    positions: dict[int, int] = field(default_factory=dict)
    moderated: list[Slot] = field(default_factory=list)
    marked: list[Session] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is anything to say of it."""
        return bool(self.places or self.offers or self.waitings)

    @classmethod
    def of(cls, event: Event, person: Person | AnonymousUser) -> Holdings:
        if not isinstance(person, Person):
            return cls(event)
        registrations = event.registrations.confirmed().select_related("person")
        registration = registrations.filter(person=person).first()
        if registration is None:
            return cls(event)
        waitings = list(registration.waitings.with_slot().order_by("joined_at"))
        slots = Slot.objects.filter(forum__event=event, moderators=person)
        holdings = cls(
            event,
            registration,
            list(registration.places.with_slot()),
            [one for one in waitings if one.offered_slot_id],
            [one for one in waitings if not one.offered_slot_id],
            registration.waitings.positions() if waitings else {},
            list(slots.select_related("forum", "round")),
            list(event.sessions.marked_by(person)),
        )
        for waiting in holdings.waitings:
            waiting.position = holdings.positions[waiting.pk]
        for offer in holdings.offers:
            offer.gives_up = holdings.given_up_for(offer.offered_slot)
        return holdings

    def given_up_for(self, slot: Slot | None) -> Place | None:
        if self.registration is None or slot is None:
            return None
        places = sorted(self.places, key=lambda place: (place.taken_at, place.pk))
        return self.registration.given_up_for(slot, places)

    def at(self, slot: Slot) -> dict[str, object]:
        """What the slot's card shows this person."""
        offers = [one for one in self.offers if one.offered_slot_id == slot.pk]
        waits = [one for one in self.waitings if one.slot_id == slot.pk]
        waits += [
            one for one in self.waitings if one.forum_id == slot.forum_id and not one.slot_id
        ]
        return {
            "slot": slot,
            "place": next((one for one in self.places if one.slot_id == slot.pk), None),
            "offer": next(iter(offers), None),
            "waiting": next(iter(waits), None),
            "gives_up": self.given_up_for(slot),
            "overlaps": self.overlaps(slot),
        }

    def overlaps(self, slot: Slot) -> list[str]:
        """What else the person has in that time, by name."""
        others: list[tuple[Session, str]] = [
            *((one.round, str(one.forum)) for one in self.moderated if one.pk != slot.pk),
            *((one, one.title) for one in self.marked if one.pk != slot.round_id),
            *(
                (one.slot.round, str(one.slot.forum))
                for one in self.places
                if one.round_id != slot.round_id
            ),
        ]
        start, end = slot.round.starts_at, slot.round.ends_at
        return [name for at, name in others if at.starts_at < end and at.ends_at > start]
