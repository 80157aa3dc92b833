from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, NamedTuple

from django.db.models import Exists, OuterRef

from chat import clock
from conference.models.event import Event
from conference.models.mail import Mail, WayIn
from conference.models.place import Place

if TYPE_CHECKING:
    from conference.models.registration import Registration, RegistrationQuerySet


class Reminder(NamedTuple):
    """A mail before an event, due from a moment that follows from the event's, until another.

    Moved events remind anew: the day belongs to what must not be written twice.
    """

    event: Event
    template: str
    due_at: datetime
    until: datetime

    @property
    def key(self) -> str:
        day = self.event.starts_at.astimezone(self.event.zone).date()
        return f"{self.template}:{self.event.pk}:{day}"

    def waiting(self) -> RegistrationQuerySet:
        """Who was registered by then, wants mails, and was not reminded."""
        reminded = Mail.objects.filter(
            person=OuterRef("person"),
            event=self.event,
            occasion=self.template,
            key__startswith=f"{self.key}:",
        )
        return (
            self.event.registrations.confirmed()
            .filter(confirmed_at__lte=self.due_at, declined_mails_at=None)
            .filter(~Exists(reminded), person__is_active=True)
            .select_related("event", "person")
            .order_by("pk")
        )

    def send(self, registration: Registration) -> Mail:
        rows = Place.objects.with_slot().filter(registration=registration)
        places = [place for place in rows if not place.slot.is_off]
        asks = self.template == "reminder-week" and any(
            place.asks_whether_coming for place in places
        )
        return Mail.write(
            registration.person,
            self.template,
            event=self.event,
            way_in=WayIn.ENTRANCE,
            key=f"{self.key}:{registration.person_id}",
            at_once=False,
            unsubscribe_url=registration.mail_choice_url,
            next_path=registration.get_absolute_url() if asks else "",
            places=places,
            asks_whether_coming=asks,
        )


def reminders_of(event: Event) -> list[Reminder]:
    """A week before, a day before, both at nine; and at seven on its morning."""
    week, day = event.at(-6, 9), event.at(0, 9)
    morning = min(event.at(1, 7), event.starts_at - timedelta(hours=1))
    return [
        Reminder(event, "reminder-week", week, day),
        Reminder(event, "reminder-day", day, morning),
        Reminder(event, "reminder-morning", morning, event.starts_at),
    ]


def due() -> Iterator[Reminder]:
    now = clock.now()
    soon = Event.objects.published().filter(called_off_at=None, starts_at__gt=now)
    for event in soon.filter(starts_at__lte=now + timedelta(days=9)):
        for reminder in reminders_of(event):
            if reminder.due_at <= now < reminder.until:
                yield reminder


def remind(most: int) -> int:
    """Write what is due, at most so many mails; returns how many."""
    count = 0
    for reminder in due():
        for registration in reminder.waiting()[: most - count]:
            reminder.send(registration)
            count += 1
    return count
