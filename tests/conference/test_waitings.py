"""What people see and press: places, waiting lists, offers and codes."""

from datetime import datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from chat import clock
from conference.models import (
    Contingent,
    Event,
    Forum,
    Person,
    Place,
    Registration,
    Slot,
    Waiting,
)
from tests.conference.places import wrong
from tests.conference.test_places import make_slot, of, slots_of


@pytest.fixture
def one(event: Event, forum: Forum, now: datetime) -> Slot:
    """A round next week with a single place, which ``gerd`` has."""
    event.ends_at = now + timedelta(days=10)
    event.save()
    return make_slot(forum, 1, now + timedelta(days=6))


@pytest.fixture
def taken(one: Slot, gerd: Person) -> Slot:
    one.book(of(gerd))
    return one


def path(name: str, slot: Slot, *more: int) -> str:
    args = [slot.forum.event.slug, slot.forum.number, *more]
    return reverse(name, args=args)


def test_one_joins_the_line_sees_the_position_and_leaves(
    client: Client, taken: Slot, aylin: Person
) -> None:
    client.force_login(aylin)
    answer = client.post(path("waiting", taken, taken.pk), follow=True)
    assert answer.redirect_chain == [(taken.forum.get_absolute_url(), 302)]
    assert "Sie stehen auf Platz 1 der Warteliste." in answer.text
    client.post(path("waiting_end", taken, Waiting.objects.get().pk))
    assert Waiting.objects.count() == 0


def test_one_waits_for_whichever_round(
    client: Client, taken: Slot, aylin: Person, olga: Person, now: datetime
) -> None:
    second = make_slot(taken.forum, 2, now + timedelta(days=7))
    second.book(taken.forum.event.enrol(olga))
    client.force_login(aylin)
    assert path("waiting_for_either", taken) in client.get(taken.forum.get_absolute_url()).text
    client.post(path("waiting_for_either", taken))
    assert Waiting.objects.get().slot is None
    second.release(of(olga))
    page = client.get(reverse("registration", args=["quartier"]))
    assert "Ein Platz ist für Sie frei." in page.text
    client.post(path("offer_accept", taken, Waiting.objects.get().pk))
    assert slots_of(aylin) == [second]


def test_an_offer_that_has_ended_says_what_to_do_now(
    client: Client, taken: Slot, aylin: Person, gerd: Person
) -> None:
    client.force_login(aylin)
    waiting = taken.wait(of(aylin))
    taken.release(of(gerd))
    waiting.refresh_from_db()
    assert waiting.offer_expires_at
    with time_machine.travel(waiting.offer_expires_at, tick=False):
        client.force_login(aylin)
        for _time in range(2):  # settled by this request, and long gone
            answer = client.post(path("offer_accept", taken, waiting.pk))
            assert answer.status_code == 409
            assert "Dieses Angebot ist abgelaufen" in answer.text
    assert slots_of(aylin) == []


def test_a_full_round_says_so_and_offers_to_wait(
    client: Client, taken: Slot, aylin: Person
) -> None:
    client.force_login(aylin)
    answer = client.post(path("place", taken, taken.pk))
    assert answer.status_code == 409
    assert "In diesem Forum sind alle Plätze vergeben." in answer.text
    assert path("waiting", taken, taken.pk) in answer.text


def test_the_swap_is_said_before_it_is_made(
    client: Client, taken: Slot, aylin: Person, gerd: Person, now: datetime
) -> None:
    second = make_slot(taken.forum, 2, now + timedelta(days=7))
    second.book(of(aylin))
    taken.wait(of(aylin))
    taken.release(of(gerd))
    client.force_login(aylin)
    text = client.get(taken.forum.get_absolute_url()).text
    assert "geben Sie im selben Schritt Ihren Platz in" in text
    client.post(path("offer_accept", taken, Waiting.objects.get().pk))
    assert slots_of(aylin) == [taken]


def test_what_overlaps_is_said(client: Client, event: Event, one: Slot, aylin: Person) -> None:
    other = Forum.objects.create(event=event, number=2, title="Digitalisierung")
    elsewhere = Slot.objects.create(forum=other, round=one.round)
    elsewhere.appoint(aylin)
    client.force_login(aylin)
    assert f"Zur selben Zeit haben Sie: {elsewhere.forum}" in (
        client.get(one.forum.get_absolute_url()).text
    )


def test_one_says_that_one_is_coming(client: Client, taken: Slot, gerd: Person) -> None:
    client.force_login(gerd)
    client.post(path("place_confirm", taken, taken.pk))
    assert Place.objects.get().coming_at is not None


def test_a_code_takes_a_place_and_guesses_are_counted(
    client: Client, one: Slot, aylin: Person, now: datetime
) -> None:
    one.resize(2)
    held = Contingent(slot=one, name="G", code="dorf", seats=1, releases_at=now + timedelta(1))
    held.hold()
    client.force_login(aylin)
    assert path("code", one) in client.get(one.forum.get_absolute_url()).text
    answers = [
        client.post(path("code", one), {"slot": one.pk, "code": guess}).status_code
        for guess in ["a", "b", "c", "d", "D-o-r-f"]
    ]
    assert answers == [422, 422, 422, 422, 302]
    assert Place.objects.get().contingent == held
    assert client.post(path("code", one), {"slot": one.pk, "code": "x"}).status_code == 429
    assert client.post(path("code", one), {"slot": "x"}).status_code == 404


def test_after_the_moment_the_button_is_gone(
    client: Client, taken: Slot, gerd: Person, event: Event
) -> None:
    client.force_login(gerd)
    assert (
        path("place_return", taken, taken.pk) in client.get(taken.forum.get_absolute_url()).text
    )
    Event.objects.update(places_change_until=clock.now())
    assert path("place_return", taken, taken.pk) not in (
        client.get(taken.forum.get_absolute_url()).text
    )
    assert client.post(path("place_return", taken, taken.pk)).status_code == 409


@pytest.mark.parametrize(
    "door", ["waiting", "waiting_for_either", "waiting_end", "offer_accept", "code"]
)
def test_outsiders_wait_for_nothing(
    door: str, client: Client, taken: Slot, olga: Person, aylin: Person
) -> None:
    waiting = taken.wait(of(aylin))
    more = {"waiting": [taken.pk], "waiting_end": [waiting.pk], "offer_accept": [waiting.pk]}
    address = path(door, taken, *more.get(door, []))
    assert client.post(address).headers["Location"].startswith(reverse("login"))
    client.force_login(olga)
    expected = {"waiting_end": 302, "offer_accept": 409}.get(door, 403)
    assert client.post(address, {"slot": taken.pk}).status_code == expected
    assert list(Waiting.objects.all()) == [waiting]
    Event.objects.update(published_at=None)
    assert client.post(address, {"slot": taken.pk}).status_code == 404


def test_the_page_fetches_its_numbers_alone(client: Client, one: Slot, aylin: Person) -> None:
    for address, wrapper in [
        (one.forum.get_absolute_url(), 'id="runden"'),
        (reverse("forums", args=["quartier"]), 'id="foren"'),
    ]:
        part = client.get(address, headers={"HX-Request": "true"}).text.strip()
        assert part.startswith(f"<div {wrapper}")
        assert "1 von 1 Plätzen frei" in part or "1 Platz frei" in part


def test_after_pressing_a_button_one_is_where_it_was(
    client: Client, taken: Slot, gerd: Person
) -> None:
    client.force_login(gerd)
    mine = reverse("registration", args=["quartier"])
    for before, after in [(mine, mine), (path("place", taken, taken.pk), None)]:
        answer = client.post(
            path("place_confirm", taken, taken.pk),
            headers={"Referer": f"http://testserver{before}"},
        )
        assert answer.headers["Location"] == (after or taken.forum.get_absolute_url())


@pytest.mark.parametrize("count", [1, 3])
def test_my_event_asks_as_often_for_one_line_as_for_three(
    client: Client,
    event: Event,
    taken: Slot,
    aylin: Person,
    gerd: Person,
    now: datetime,
    count: int,
    django_assert_num_queries: Any,
) -> None:
    taken.wait(of(aylin))
    for number in range(2, count + 1):
        slot = make_slot(taken.forum, number, now + timedelta(days=6 + number))
        slot.resize(0)
        slot.wait(of(aylin))
    client.force_login(aylin)
    address = reverse("registration", args=["quartier"])
    client.get(address)
    with django_assert_num_queries(25):
        client.get(address)
    assert wrong(event) == []
    assert Registration.objects.count() == 2
