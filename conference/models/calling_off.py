"""Telling people that an event, a round or a session does not take place after all."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.db.models import Exists, OuterRef, Q

from chat import clock
from conference.calendar import as_text, event_entry, place_entry, session_entry
from conference.models.event import Event
from conference.models.mail import Mail
from conference.models.place import Place
from conference.models.session import Session

if TYPE_CHECKING:
    from conference.models.registration import Registration, RegistrationQuerySet


@dataclass
class CallingOff:
    """Of an event, or of one session in it. Called off anew, it is told anew.

    It is no news but what people must know: also those learn it who want no other mails.
    """

    event: Event
    session: Session | None = None

    @property
    def key(self) -> str:
        thing: Event | Session = self.session or self.event
        when = thing.called_off_at or clock.now()
        return f"called-off:{thing._meta.model_name}:{thing.pk}:{when:%Y%m%d%H%M%S}"

    def waiting(self) -> RegistrationQuerySet:
        """Whom it concerns, and who was not told."""
        told = Mail.objects.filter(
            person=OuterRef("person"), event=self.event, key__startswith=f"{self.key}:"
        )
        concerned = self.event.registrations.confirmed().filter(~Exists(told))
        if session := self.session:
            concerned = concerned.filter(
                Q(places__round=session)
                | Q(waitings__slot__round=session)
                | Q(person__marks__session=session)
                | Q(person__moderated_slots__round=session)
                | Q(person__speakers__sessions=session)
                | Q(person__speakers__forums__slots__round=session)
            ).distinct()
        return concerned.select_related("event", "person").order_by("pk")

    def send(self, registration: Registration) -> Mail:
        places = Place.objects.with_slot().filter(registration=registration)
        places = places.filter(round=self.session) if self.session else places
        entries = [session_entry(self.session) if self.session else event_entry(self.event)]
        return Mail.write(
            registration.person,
            "called-off",
            event=self.event,
            key=f"{self.key}:{registration.person_id}",
            at_once=False,
            calendar=as_text([*entries, *map(place_entry, places)]),
            session=self.session,
            places=list(places),
        )


def called_off() -> Iterator[CallingOff]:
    now = clock.now()
    events = Event.objects.published().filter(ends_at__gt=now)
    off = events.filter(called_off_at__lte=now)
    for event in off:
        yield CallingOff(event)
    sessions = Session.objects.filter(ends_at__gt=now, called_off_at__lte=now)
    sessions = sessions.filter(event__in=events).exclude(event__in=off)
    for session in sessions.select_related("event"):
        yield CallingOff(session.event, session)


def tell_called_off(most: int) -> int:
    """Write to those who are not told yet, at most so many mails; returns how many.

    Nothing that was offered there is on offer any more.
    """
    count = 0
    for one in called_off():
        registrations = list(one.waiting()[: most - count])
        if registrations:
            one.event.settle_places(thoroughly=True)
        for registration in registrations:
            one.send(registration)
            count += 1
    return count
