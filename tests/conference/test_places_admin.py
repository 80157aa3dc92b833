"""What organisers do with places, waiting lists and contingents."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conference.models import Contingent, Event, Forum, Mail, Person, Place, Slot, Waiting
from tests.conference.places import wrong
from tests.conference.test_places import make_slot, of, slots_of


@pytest.fixture
def one(event: Event, forum: Forum, now: datetime, gerd: Person, aylin: Person) -> Slot:
    """A round next week with a single place, which ``gerd`` has; ``aylin`` waits."""
    event.ends_at = now + timedelta(days=10)
    event.save()
    slot = make_slot(forum, 1, now + timedelta(days=6))
    slot.book(of(gerd))
    slot.wait(of(aylin))
    return slot


@pytest.fixture
def office(client: Client, katrin: Person) -> Client:
    client.force_login(katrin)
    return client


def act(office: Client, model: str, action: str, pk: int, **data: str) -> Any:
    address = reverse(f"admin:conference_{model}_changelist")
    return office.post(address, {"action": action, "_selected_action": pk, **data}, follow=True)


def test_a_place_is_given_past_the_order_with_a_reason(
    office: Client, one: Slot, aylin: Person
) -> None:
    waiting = Waiting.objects.get()
    assert "Grund" in act(office, "waiting", "give", waiting.pk).text
    full = act(office, "waiting", "give", waiting.pk, sure="1", reason="Sie tragen vor.")
    assert "In diesem Forum sind alle Plätze vergeben." in full.text
    act(
        office, "waiting", "give", waiting.pk, sure="1", reason="Sie tragen vor.", one_more="on"
    )
    one.refresh_from_db()
    assert (slots_of(aylin), one.capacity) == ([one], 2)
    assert "Sie tragen vor." in Mail.objects.filter(person=aylin).first().text
    assert wrong(one.forum.event) == []


def test_who_waits_is_moved_and_taken_off(
    office: Client, one: Slot, aylin: Person, petra: Person
) -> None:
    second = one.wait(of(petra))
    act(office, "waiting", "move_to_front", second.pk)
    assert [row.registration for row in one.queue()] == [of(petra), of(aylin)]
    act(office, "waiting", "move_back", second.pk)
    assert [row.registration for row in one.queue()] == [of(aylin), of(petra)]
    act(office, "waiting", "take_off", second.pk, sure="1", reason="Doppelt.")
    assert [row.registration for row in one.queue()] == [of(aylin)]
    assert "Doppelt." in Mail.objects.filter(person=petra).first().text


def test_a_place_is_taken_back_and_goes_on(office: Client, one: Slot, gerd: Person) -> None:
    act(office, "place", "take_back", Place.objects.get().pk, sure="1", reason="Absage.")
    assert (slots_of(gerd), Waiting.objects.get().offered_slot) == ([], one)
    assert "Absage." in Mail.objects.filter(person=gerd).first().text


def test_a_place_is_given_to_anybody_who_is_registered(
    office: Client, one: Slot, petra: Person
) -> None:
    address = reverse("admin:conference_place_add")
    data = {"registration": of(petra).pk, "slot": one.pk, "reason": ""}
    assert "alle Plätze vergeben" in office.post(address, data).text
    assert office.post(address, data | {"one_more": "on"}).status_code == 302
    assert slots_of(petra) == [one]


def test_places_are_held_back_changed_and_freed(
    office: Client, one: Slot, aylin: Person, now: datetime
) -> None:
    address = reverse("admin:conference_contingent_add")
    data = {
        "slot": one.pk,
        "name": "Akademie",
        "code": "dorf 2026",
        "seats": "2",
        "releases_at_0": f"{now:%d.%m.%Y}",
        "releases_at_1": "23:59",
    }
    assert "So viele Plätze sind in dieser Runde nicht frei." in office.post(address, data).text
    Waiting.objects.get().leave()
    one.resize(3)
    assert office.post(address, data).status_code == 302
    held = Contingent.objects.get()
    change = reverse("admin:conference_contingent_change", args=[held.pk])
    assert office.post(change, data | {"seats": "1"}).status_code == 302
    one.refresh_from_db()
    assert (held.code, one.held, one.free) == ("DORF2026", 1, 1)
    act(office, "contingent", "free", held.pk)
    one.refresh_from_db()
    assert (one.held, one.free) == (0, 2)
    assert wrong(one.forum.event) == []


def test_more_places_go_to_those_who_wait(office: Client, one: Slot) -> None:
    address = reverse("admin:conference_forum_change", args=[one.forum.pk])
    data = {
        "event": one.forum.event.pk,
        "number": 1,
        "title": one.forum.title,
        "slots-TOTAL_FORMS": 1,
        "slots-INITIAL_FORMS": 1,
        "slots-0-id": one.pk,
        "slots-0-forum": one.forum.pk,
        "slots-0-round": one.round.pk,
        "slots-0-capacity": 0,
        "materials-TOTAL_FORMS": 0,
        "materials-INITIAL_FORMS": 0,
    }
    assert "Es sind schon mehr Plätze vergeben." in office.post(address, data).text
    assert office.post(address, data | {"slots-0-capacity": 2}).status_code == 302
    assert Waiting.objects.get().offered_slot == one
    assert wrong(one.forum.event) == []


@pytest.mark.parametrize("model", ["place", "waiting", "contingent"])
def test_who_is_no_organiser_sees_none_of_it(
    model: str, client: Client, one: Slot, aylin: Person
) -> None:
    client.force_login(aylin)
    address = reverse(f"admin:conference_{model}_changelist")
    assert client.get(address).status_code == 302


@pytest.mark.parametrize("count", [1, 3])
def test_the_lists_ask_as_often_for_one_as_for_three(
    office: Client, one: Slot, count: int, event: Event, django_assert_num_queries: Any
) -> None:
    for number in range(count - 1):
        person = Person.objects.create_user(f"w{number}@example.org", name="W")
        one.wait(event.enrol(person))
    address = reverse("admin:conference_waiting_changelist")
    office.get(address)
    with django_assert_num_queries(8):
        office.get(address)
