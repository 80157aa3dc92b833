"""Who is told that an event, a round or a session does not take place, and how."""

from datetime import datetime, timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from chat import clock
from conference.models import Event, Mail, Person, Registration, Session, Slot, Speaker
from conference.models.calling_off import tell_called_off
from tests.cast import attendee
from tests.conference.test_places import call_off, of


@pytest.fixture
def keynote(event: Event, now: datetime) -> Session:
    return Session.objects.create(
        event=event,
        slug="keynote",
        kind=Session.Kind.KEYNOTE,
        title="Ausblick",
        starts_at=now + timedelta(hours=2),
        ends_at=now + timedelta(hours=3),
    )


def told() -> dict[str, str]:
    mails = Mail.objects.filter(occasion="called-off")
    return {mail.to.partition("@")[0]: mail.subject for mail in mails}


def cancel(event: Event) -> None:
    event.called_off_at = clock.now()
    event.save()


def test_an_event_is_called_off_to_all_who_take_part(
    event: Event, aylin: Person, gerd: Person, olga: Person
) -> None:
    Registration.objects.create(event=event, person=olga, registered_at=clock.now())
    of(gerd).choose_mails(wanted=False)  # this is none that one can decline
    assert tell_called_off(100) == 0
    cancel(event)
    assert tell_called_off(100) == 2
    assert told() == dict.fromkeys(["aylin", "gerd"], "Abgesagt: Fachtag Quartier")
    calendar = Mail.objects.get(person=aylin).calendar
    assert ("STATUS:CANCELLED" in calendar, f"UID:event-{event.pk}@" in calendar) == (
        True,
        True,
    )


def test_a_round_is_called_off_to_those_who_have_to_do_with_it(
    slot: Slot, event: Event, petra: Person, aylin: Person, gerd: Person, jonas: Person
) -> None:
    Slot.objects.update(capacity=1)
    slot.book(of(aylin))
    slot.wait(of(gerd))
    call_off(slot)
    tell_called_off(100)
    assert told() == dict.fromkeys(["petra", "aylin", "gerd"], "Abgesagt: Foren, Runde 1")
    mail = Mail.objects.get(person=aylin, occasion="called-off")
    assert "Quartiersarbeit im ländlichen Raum" in mail.text
    assert mail.calendar.count("STATUS:CANCELLED") == 2
    assert f"UID:place-{slot.pk}-{of(aylin).pk}@" in mail.calendar


def test_a_session_is_called_off_to_those_who_marked_it_or_speak(
    keynote: Session, aylin: Person, gerd: Person, jonas: Person
) -> None:
    keynote.mark_for(aylin)
    keynote.speakers.add(Speaker.objects.create(event=keynote.event, person=gerd, name="G"))
    keynote.called_off_at = clock.now()
    keynote.save()
    tell_called_off(100)
    assert told() == dict.fromkeys(["aylin", "gerd"], "Abgesagt: Ausblick")


def test_each_is_told_once_and_so_many_at_a_time(
    event: Event, aylin: Person, gerd: Person
) -> None:
    cancel(event)
    assert [tell_called_off(1) for _minute in range(3)] == [1, 1, 0]
    cancel(event)  # anew
    Event.objects.update(called_off_at=clock.now() + timedelta(seconds=-5))
    assert tell_called_off(100) == 2


def test_drafts_and_what_is_over_and_what_will_be_called_off_are_not_told(
    event: Event, keynote: Session, aylin: Person
) -> None:
    keynote.mark_for(aylin)
    cancel(event)
    Event.objects.update(published_at=None)
    assert tell_called_off(100) == 0
    Event.objects.update(
        published_at=clock.now(), called_off_at=clock.now() + timedelta(minutes=1)
    )
    assert tell_called_off(100) == 0
    Event.objects.update(called_off_at=None)
    past = {"starts_at": clock.now() - timedelta(hours=1), "ends_at": clock.now()}
    Session.objects.update(called_off_at=clock.now(), **past)
    assert tell_called_off(100) == 0


def test_sessions_of_an_event_that_is_called_off_are_not_told_beside_it(
    event: Event, keynote: Session, aylin: Person
) -> None:
    keynote.mark_for(aylin)
    Session.objects.update(called_off_at=clock.now())
    cancel(event)
    assert tell_called_off(100) == 1
    assert told() == {"aylin": "Abgesagt: Fachtag Quartier"}


@pytest.mark.parametrize("count", [1, 3])
def test_nothing_to_tell_costs_as_little_for_many(
    event: Event, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(count):
        attendee(event, f"p{number}@example.org", f"P {number}")
    cancel(event)
    tell_called_off(100)
    with django_assert_num_queries(3):  # events, who is not told yet, sessions
        assert tell_called_off(100) == 0
