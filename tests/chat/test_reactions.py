"""Reactions: toggled, counted, and told in few frames."""

from collections.abc import Callable
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import clock, live
from chat.limits import REACTIONS
from chat.models import Message, Reaction, Room
from chat.models.reaction import NoReaction, react
from chat.models.sanction import Muted, end_of_today
from conference.models import Person

pytestmark = pytest.mark.services
JSON = {"Accept": "application/json"}
Sign = Reaction.Sign


@pytest.fixture
def message(room: Room, aylin: Person) -> Message:
    return room.post(aylin, "Wir haben gewonnen!", uuid4())


@pytest.fixture
def address(room: Room, message: Message) -> str:
    return reverse("chat:reactions", args=[room.pk, message.number])


def counts(message: Message) -> dict[str, int]:
    return Message.objects.get(pk=message.pk).reactions


def test_a_sign_is_given_once_and_taken_back(
    room: Room, message: Message, aylin: Person, jonas: Person
) -> None:
    react(message, aylin, Sign.PARTY)
    react(message, jonas, Sign.PARTY)
    react(message, jonas, Sign.HEART)
    assert counts(message) == {"🎉": 2, "❤️": 1}
    react(message, jonas, Sign.PARTY)
    assert counts(message) == {"🎉": 1, "❤️": 1}
    assert Room.objects.get(pk=room.pk).head == 1  # it takes no number


def test_odd_signs_tombstones_and_muted_people_are_refused(
    room: Room, message: Message, aylin: Person, jonas: Person
) -> None:
    with pytest.raises(NoReaction):
        react(message, jonas, "💣")
    room.memberships.get(person=aylin).mute(jonas, end_of_today())
    with pytest.raises(Muted):
        react(message, aylin, Sign.HEART)
    message.hide(jonas)
    with pytest.raises(NoReaction):
        react(message, jonas, Sign.HEART)
    assert counts(message) == {}


def test_the_row_shows_the_counts(message: Message, aylin: Person) -> None:
    def row() -> str:
        return live.render(Message.objects.with_author().get(pk=message.pk))

    assert "🎉 1" not in row()
    react(message, aylin, Sign.PARTY)
    assert "🎉 1" in row()


def test_click_and_page_answer_with_what_is_mine(
    client: Client, room: Room, message: Message, address: str, aylin: Person, jonas: Person
) -> None:
    client.force_login(jonas)
    answer = client.post(address, {"sign": "🎉"}, headers=JSON).json()
    assert answer == {"frames": [], "reactions": {"1": {"🎉": 1}}, "mine": {"1": ["🎉"]}}
    page = client.get(room.get_absolute_url()).text
    assert 'data-mine="🎉" data-changed="1"' in page
    assert client.post(address, {"sign": "💣"}, headers=JSON).status_code == 409
    client.force_login(aylin)
    assert 'data-mine="" data-changed="1"' in client.get(room.get_absolute_url()).text
    assert "Jonas Weber" in client.get(address).text
    assert client.post(address, {"sign": "❤️", "next": "/"}).url == "/"
    assert counts(message) == {"🎉": 1, "❤️": 1}


def test_who_was_away_asks_by_time(
    client: Client, room: Room, message: Message, aylin: Person, jonas: Person
) -> None:
    client.force_login(aylin)
    before = int(clock.now().timestamp())
    react(message, jonas, Sign.CLAP)

    def ask(moment: int) -> dict[str, object]:
        query = {"since": 1, "reacted": moment}
        return client.get(room.get_absolute_url(), query, headers=JSON).json()

    answer = ask(before)
    assert (answer["reactions"], answer["mine"]) == ({"1": {"👏": 1}}, {"1": []})
    assert ask(answer["reacted"] + 60)["reactions"] == {}
    assert ask(10**18 - 1)["reactions"] == {}


def test_outsiders_neither_see_nor_give(
    client: Client, address: str, olga: Person, aylin: Person
) -> None:
    for person, status in [(olga, 403), (aylin, 200)]:
        client.force_login(person)
        assert client.get(address).status_code == status
        assert client.post(address, {"sign": "🎉"}, headers=JSON).status_code == status


def test_who_clicks_very_often_waits(client: Client, address: str, aylin: Person) -> None:
    client.force_login(aylin)
    statuses = [
        client.post(address, {"sign": "🎉"}, headers=JSON).status_code for _ in range(41)
    ]
    assert (REACTIONS, statuses[-1]) == (40, 429)


def test_a_page_costs_the_same_with_many_reactions(
    client: Client, room: Room, message: Message, address: str, aylin: Person, jonas: Person
) -> None:
    client.force_login(aylin)
    client.get(room.get_absolute_url())

    def cost(ask: Callable[[], object]) -> int:
        with CaptureQueriesContext(connection) as queries:
            ask()
        return len(queries)

    costs = []
    for person, signs in [(jonas, ["🎉"]), (aylin, ["🎉", "❤️"])]:
        for sign in signs:
            react(message, person, sign)
        costs.append(
            [
                cost(lambda: client.get(room.get_absolute_url())),
                cost(lambda: client.get(address)),
            ]
        )
    assert costs[0] == costs[1]
