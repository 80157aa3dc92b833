"""What people keep in their calendars: events, sessions and places (RFC 5545).

A change of an entry raises its SEQUENCE, so that a file opened again corrects the entry that
stands; what is called off comes as CANCELLED. The same rows always give the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from itertools import chain
from typing import TYPE_CHECKING
from unicodedata import category
from urllib.parse import urlsplit

import icalendar
from django.conf import settings
from django.utils.translation import gettext as _
from icalendar import vDuration, vText

if TYPE_CHECKING:
    from conference.models import Event, Person, Place, Session, Slot

# Sequences count seconds from here: they rise with each change and fit 31 bits until 2088.
COUNTED_FROM = datetime(2020, 1, 1, tzinfo=UTC)
REMINDED_BEFORE = timedelta(minutes=15)
ASKED_AGAIN_AFTER = timedelta(hours=1)


# -- whole calendars, as text


def entry_of(event: Event) -> str:
    return as_text([event_entry(event)])


def session_entry_of(session: Session) -> str:
    return as_text([session_entry(session)])


def place_entry_of(place: Place, *, given_back_at: datetime | None = None) -> str:
    """The place, or with ``given_back_at`` that it is no longer the person's."""
    return as_text([place_entry(place, given_back_at=given_back_at)])


def programme_of(person: Person, event: Event | None = None) -> str:
    """My programme: the places and marked sessions of a person, in one event or in all.

    Three queries. All-day bars for whole events would hide them, so events are left out.
    """
    from conference.models import Place, Session

    places = Place.objects.filter(registration__person=person).select_related(
        "slot__forum__event", "slot__round__event"
    )
    sessions = Session.objects.marked_by(person).select_related("event")
    if event:
        places = places.filter(registration__event=event)
        sessions = sessions.filter(event=event)
    entries = chain(map(place_entry, places), map(session_entry, sessions))
    return as_text(
        entries, name=_("My programme: %(event)s") % {"event": event or settings.SITE_NAME}
    )


def as_text(entries: Iterable[icalendar.Event], name: str = "") -> str:
    calendar = icalendar.Calendar()
    calendar.add("prodid", "-//Fachtag//Fachtag//DE")
    calendar.add("version", "2.0")
    if name:
        calendar.add("name", vText(one_line(name)))
        calendar.add(
            "x-wr-calname", vText(one_line(name))
        )  # what Apple, Google and Outlook read instead
        calendar.add("refresh-interval", vDuration(ASKED_AGAIN_AFTER), {"value": "DURATION"})
        calendar.add("x-published-ttl", vDuration(ASKED_AGAIN_AFTER))
    years = []
    for entry in entries:
        calendar.add_component(entry)
        years.append(entry.start.year)
    if years:  # of 1970 and on it would be pages
        calendar.add_missing_timezones(
            first_date=date(min(years), 1, 1), last_date=date(max(years) + 1, 12, 31)
        )
    return calendar.to_ical().decode()


# -- entries


def event_entry(event: Event) -> icalendar.Event:
    """A bar over its days, beside which other things are still possible."""
    entry = new_entry("event", event.pk, event, event, title=event.title)
    entry.add("description", described(event.subtitle, event))
    entry.add("location", event.venue if event.form == event.Form.ON_SITE else url_of(event))
    entry.add("url", url_of(event))
    entry.add("transp", "TRANSPARENT")
    return entry


def session_entry(session: Session) -> icalendar.Event:
    event = session.event
    entry = new_entry("session", session.pk, session, event, title=session.title)
    entry.add("description", described(session.abstract, session))
    entry.add("location", event.venue if event.form == event.Form.ON_SITE else url_of(session))
    entry.add("url", url_of(session))
    return entry


def place_entry(place: Place, *, given_back_at: datetime | None = None) -> icalendar.Event:
    slot = place.slot
    event, name = slot.forum.event, f"{slot.pk}-{place.registration_id}"
    entry = new_entry(
        *("place", name, slot.round, event),
        title=str(slot.forum),
        changed_at=max(slot.round.changed_at, given_back_at or place.taken_at),
        is_off=given_back_at is not None,
    )
    entry.add("description", described(slot.forum.abstract, slot))
    entry.add("location", event.venue if event.form == event.Form.ON_SITE else url_of(slot))
    entry.add("url", url_of(slot))
    alarm = icalendar.Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", str(slot.forum))
    alarm.add("trigger", -REMINDED_BEFORE)
    entry.add_component(alarm)
    return entry


def new_entry(
    kind: str,
    name: object,
    times: Event | Session,
    event: Event,
    *,
    title: str,
    changed_at: datetime | None = None,
    is_off: bool = False,
) -> icalendar.Event:
    """With what all have in common; ``times`` says when it is and whether it takes place."""
    changed_at = max(changed_at or times.changed_at, event.changed_at)
    entry = icalendar.Event()
    entry.add("uid", f"{kind}-{name}@{urlsplit(settings.SITE_URL).hostname}")
    entry.add("dtstamp", changed_at.astimezone(UTC))
    entry.add("last-modified", changed_at.astimezone(UTC))
    entry.add("sequence", max(0, int((changed_at - COUNTED_FROM).total_seconds())))
    entry.add("dtstart", local(times.starts_at, event))
    entry.add("dtend", local(times.ends_at, event))
    entry.add("summary", one_line(title))
    is_off = is_off or bool(times.called_off_at or event.called_off_at)
    entry.add("status", "CANCELLED" if is_off else "CONFIRMED")
    return entry


def local(moment: datetime, event: Event) -> datetime:
    """In the event's zone; in UTC within the hour that comes twice, which no zone can name."""
    here = moment.astimezone(event.zone)
    return moment.astimezone(UTC) if here.fold else here


def described(text: str, thing: Event | Session | Slot) -> str:
    return "\n\n".join(filter(None, [plain(text), url_of(thing)]))


def url_of(thing: Event | Session | Slot) -> str:
    return settings.SITE_URL + thing.get_absolute_url()


def plain(text: str) -> str:
    """Without the control characters that no calendar may hold."""
    lines = "\n".join(text.strip().splitlines())
    return "".join(one for one in lines if one == "\n" or category(one) not in {"Cc", "Cs"})


def one_line(text: str) -> str:
    return " ".join(plain(text).split())
