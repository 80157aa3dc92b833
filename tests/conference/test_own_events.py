"""Between events: organisers of one neither see nor touch another in the administration."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from conference.models import Contingent, Event, Forum, Interest, Person, Place, Waiting
from marketplace.models import Stand
from tests.conference.test_places import make_slot, of

LIST = "/verwaltung/conference/registration/"


@pytest.fixture
def other(db: None, now: datetime) -> Event:
    return Event.objects.create(
        slug="anders", title="Anderer", starts_at=now, ends_at=now + timedelta(days=1)
    )


@pytest.fixture
def rows(
    event: Event, forum: Forum, stand: Stand, now: datetime, gerd: Person, aylin: Person
) -> dict[str, Any]:
    """One of each kind, of ``event``."""
    event.ends_at = now + timedelta(days=10)
    event.save()
    slot = make_slot(forum, 1, now + timedelta(days=6))
    slot.book(of(gerd))
    slot.wait(of(aylin))
    more = make_slot(forum, 2, now + timedelta(days=7))
    contingent = Contingent(slot=more, name="A", code="AB", seats=1, releases_at=now)
    contingent.hold()
    return {
        "conference_event": event,
        "conference_session": slot.round,
        "conference_forum": forum,
        "conference_registration": of(gerd),
        "conference_interest": Interest.objects.create(event=event, email="i@example.org"),
        "conference_place": Place.objects.get(),
        "conference_waiting": Waiting.objects.get(),
        "conference_contingent": contingent,
        "marketplace_stand": stand,
        "marketplace_topic": stand.topic,
    }


@pytest.fixture
def stranger(client: Client, olga: Person, other: Event) -> Client:
    """Organises the other event, with all rights that organisers have."""
    call_command("organisers", verbosity=0)
    Person.objects.filter(pk=olga.pk).update(is_staff=True)
    olga.groups.add(Group.objects.get(name="Organisers"))
    other.organisers.add(olga)
    client.force_login(olga)
    return client


def shown(client: Client, name: str) -> set[int]:
    page = client.get(reverse(f"admin:{name}_changelist"))
    return {row.pk for row in page.context["cl"].result_list}


def test_lists_hold_what_is_of_ones_own_events(
    stranger: Client, rows: dict[str, Any], event: Event, olga: Person
) -> None:
    assert {name for name, row in rows.items() if row.pk in shown(stranger, name)} == set()
    event.organisers.add(olga)
    assert {name for name, row in rows.items() if row.pk in shown(stranger, name)} == {*rows}


def test_nobody_changes_another_event(stranger: Client, rows: dict[str, Any]) -> None:
    """An address that is not there leads to the start, with a sentence."""
    answers = {
        stranger.get(reverse(f"admin:{name}_change", args=[row.pk])).headers.get("Location")
        for name, row in rows.items()
    }
    assert answers == {"/verwaltung/"}


def test_exports_hold_what_is_of_ones_own_events(
    stranger: Client, rows: dict[str, Any], event: Event, olga: Person
) -> None:
    places = f"{LIST}plaetze.csv?event={event.pk}"
    assert len(stranger.get(f"{LIST}liste.csv").text.splitlines()) == 1
    assert stranger.get(places).status_code == 404
    event.organisers.add(olga)
    assert len(stranger.get(f"{LIST}liste.csv").text.splitlines()) > 1
    assert stranger.get(places).status_code == 200


def test_nobody_is_registered_for_another_event(
    stranger: Client, event: Event, other: Event, aylin: Person, jonas: Person
) -> None:
    listed = SimpleUploadedFile("liste.csv", b"Name;E-Mail\nUwe;uwe@example.org")
    answer = stranger.post(f"{LIST}einlesen/", {"event": event.pk, "file": listed})
    assert (answer.status_code, "event" in answer.context["form"].errors) == (422, True)
    added = stranger.post(f"{LIST}add/", {"event": event.pk, "person": aylin.pk})
    assert "event" in added.context["adminform"].errors
    assert stranger.post(f"{LIST}add/", {"event": other.pk, "person": aylin.pk}).url == LIST


def test_places_of_another_event_are_not_given(
    stranger: Client, rows: dict[str, Any], gerd: Person
) -> None:
    data = {"registration": of(gerd).pk, "slot": rows["conference_place"].slot_id}
    answer = stranger.post(reverse("admin:conference_place_add"), data)
    assert {*answer.context["adminform"].errors} == {"registration", "slot"}
    take_back = {"action": "take_back", "_selected_action": rows["conference_place"].pk}
    stranger.post(reverse("admin:conference_place_changelist"), take_back | {"sure": "1"})
    assert Place.objects.count() == 1


def test_accounts_do_not_tell_who_is_registered_for_another_event(
    stranger: Client, event: Event, katrin: Person
) -> None:
    asked = {"registrations__event__id__exact": event.pk}
    people = reverse("admin:conference_person_changelist")
    assert stranger.get(people, asked).status_code == 400
    stranger.force_login(katrin)
    assert stranger.get(people, asked).status_code == 200
