"""The reference event as the demo loads it."""

import pytest
from django.core.management import call_command
from django.db.models import F

from chat.models import Message
from conference.models import Event, Page, Person, Place, Registration, Session, Slot
from conference.views.demo import ROLES

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _loaded() -> None:
    call_command("demo_data")


def reference() -> Event:
    return Event.objects.get(slug="fachtag-quartier-2020")


def test_everybody_with_an_entrance_is_registered() -> None:
    addresses = {address for address, _title in ROLES.values()}
    registered = reference().registrations.confirmed().filter(person__email__in=addresses)
    assert {one.person.email for one in registered.select_related("person")} == addresses


def test_roles_are_given() -> None:
    event = reference()
    roles = {
        role: event.roles_of(Person.objects.get(email=address))
        for role, (address, _title) in ROLES.items()
    }
    assert roles == {
        "attendee": ["Teilnahme"],
        "attendee2": ["Teilnahme"],
        "lead": ["Teilnahme"],
        "moderator": ["Moderation", "Teilnahme"],
        "organiser": ["Veranstaltungsteam", "Vortrag", "Teilnahme"],
    }


def test_three_days_six_forums_two_rounds() -> None:
    event = reference()
    assert len({session.day for session in event.sessions.select_related("event")}) == 3
    assert Slot.objects.filter(forum__event=event).count() == 12
    kinds = set(event.sessions.values_list("kind", flat=True))
    assert kinds == set(Session.Kind.values)


def test_places_are_counted_right_and_some_slots_are_full() -> None:
    slots = Slot.objects.filter(forum__event=reference())
    assert [slot.taken for slot in slots] == [slot.places.count() for slot in slots]
    assert slots.filter(taken=F("capacity")).count() == 3


def test_the_series_has_an_archive_and_a_date_to_save() -> None:
    starts_at = reference().starts_at
    assert Event.objects.filter(starts_at__lt=starts_at).exclude(review="").count() == 4
    assert Event.objects.filter(starts_at__gt=starts_at).count() == 1


def test_loading_again_changes_nothing() -> None:
    models = (Event, Message, Page, Person, Place, Registration, Session)
    before = [model.objects.count() for model in models]
    call_command("demo_data")
    assert [model.objects.count() for model in models] == before


def test_people_talk_in_the_foyer_and_moderators_welcome_in_their_rooms() -> None:
    event = reference()
    foyer = event.room.messages.select_related("answers_to")
    assert [one.answers_to.number for one in foyer if one.answers_to] == [4, 6, 9]
    assert list(foyer) == list(foyer.order_by("posted_at"))
    rooms = Slot.objects.filter(forum__event=event).values("room")
    welcomes = Message.objects.filter(room__in=rooms)
    assert sorted(welcomes.values_list("role", flat=True)) == ["moderator"] * 12
