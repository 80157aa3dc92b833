"""Muting and banning: who may, what it does, and how it ends."""

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from chat import clock
from chat.models import Membership, Role, Room, Sanction
from chat.models.posting import NotAdmitted
from chat.models.sanction import Banned, Muted, NotYourSay, end_of_today
from conference.models import Person
from marketplace.models import Stand

JSON = {"Accept": "application/json"}


def seat(room: Room, person: Person) -> Membership:
    return room.memberships.get(person=person)


def path(name: str, room: Room, *args: int) -> str:
    return reverse(f"chat:{name}", args=[room.pk, *args])


# -- muting


def test_who_is_muted_reads_and_does_not_write_until_then(
    room: Room, aylin: Person, jonas: Person
) -> None:
    with time_machine.travel("2026-07-15 08:00+00:00", tick=False) as moment:
        message = room.post(aylin, "Kaufen Sie!", uuid4())
        seat(room, aylin).mute(jonas, clock.now() + timedelta(minutes=5), "Keine Werbung")
        for act in (
            lambda: room.post(aylin, "Doch!", uuid4()),
            lambda: message.edit(aylin, "Kaufen Sie mehr!"),
        ):
            with pytest.raises(Muted) as raised:
                act()
            assert str(raised.value) == (
                "Die Moderation hat Sie bis 10:05 Uhr stummgeschaltet. Der Grund: Keine Werbung"
            )
        message.delete_by(aylin)  # taking something back is always possible
        moment.shift(timedelta(minutes=5))
        assert room.post(aylin, "Entschuldigung", uuid4()).number == 3


def test_a_mute_replaces_the_one_before_and_is_lifted(
    room: Room, aylin: Person, jonas: Person, katrin: Person
) -> None:
    seat(room, aylin).mute(jonas, clock.now() + timedelta(minutes=5))
    second = seat(room, aylin).mute(katrin, clock.now() + timedelta(minutes=30))
    assert [s.is_in_force for s in Sanction.objects.order_by("pk")] == [False, True]
    second.lift(jonas)
    assert room.post(aylin, "Danke", uuid4()).number == 1
    kept = Sanction.objects.order_by("pk").values_list("imposed_by", "lifted_by")
    assert list(kept) == [(jonas.pk, katrin.pk), (katrin.pk, jonas.pk)]


def test_a_mute_outlives_leaving_and_entering_again(
    stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    seat(room, aylin).mute(jonas, clock.now() + timedelta(minutes=5))
    room.dismiss(aylin)
    stand.enter(aylin)
    with pytest.raises(Muted):
        room.post(aylin, "Wieder da", uuid4())


def test_the_rest_of_the_day_ends_before_midnight_where_people_are() -> None:
    for summer, winter in [("2026-07-15 21:30", "21:59:59"), ("2026-12-15 22:30", "22:59:59")]:
        with time_machine.travel(f"{summer}+00:00"):
            assert end_of_today().astimezone(clock.now().tzinfo).strftime("%X") == winter


# -- banning


def test_who_is_banned_is_not_admitted_again_until_it_is_lifted(
    stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    ban = seat(room, aylin).ban(jonas, "Beleidigung")
    with pytest.raises(Banned) as raised:
        stand.enter(aylin)
    assert str(raised.value) == (
        "Die Moderation hat Sie aus diesem Raum ausgeschlossen. Der Grund: Beleidigung"
    )
    with pytest.raises(NotAdmitted):
        room.post(aylin, "Ich bin noch da", uuid4())
    ban.lift(jonas)
    stand.enter(aylin)
    assert room.post(aylin, "Entschuldigung", uuid4()).number == 1


def test_a_ban_shuts_one_room_and_the_page_says_why(
    client: Client, stand: Stand, room: Room, aylin: Person, jonas: Person
) -> None:
    seat(room, aylin).ban(jonas, "Beleidigung")
    client.force_login(aylin)
    text = client.get(stand.get_absolute_url()).text
    assert "Die Moderation hat Sie aus diesem Raum ausgeschlossen." in text
    assert "Dorfladen Obertal" in text
    assert "Zur Veranstaltung anmelden" not in text
    stand.event.enter(aylin)  # the foyer is another room


def test_a_banned_lead_stays_shut_out_and_a_moderator_never_is(
    stand: Stand, room: Room, jonas: Person, aylin: Person, katrin: Person
) -> None:
    stand.enter(katrin)
    seat(room, jonas).ban(katrin)
    stand.appoint(jonas)
    with pytest.raises(Banned):
        stand.enter(jonas)
    assert not room.memberships.filter(person=jonas).exists()
    assert room.admit(jonas, Role.MODERATOR).role == Role.MODERATOR


# -- who may


def test_one_sanctions_only_those_who_rank_below(
    room: Room, aylin: Person, jonas: Person, gerd: Person, petra: Person, katrin: Person
) -> None:
    room.admit(gerd)
    room.admit(petra, Role.MODERATOR)
    room.admit(katrin, Role.MODERATOR)
    people = [aylin, jonas, petra, katrin]  # member, host, moderator, administration
    may = {}
    for by in people:
        may[by.name] = []
        for person in [gerd, jonas, petra, katrin]:
            try:
                seat(room, person).mute(by, clock.now() + timedelta(minutes=5))
                may[by.name].append(person.name)
            except NotYourSay:
                pass
    assert may == {
        "Aylin Yılmaz": [],
        "Jonas Weber": ["Gerd Hoffmann"],
        "Petra Maier": ["Gerd Hoffmann", "Jonas Weber"],
        "Katrin Vogt": ["Gerd Hoffmann", "Jonas Weber", "Petra Maier"],
    }


@pytest.mark.parametrize("name", ["person", "mute", "ban", "keeping"])
def test_the_doors_open_to_those_who_keep_the_room_only(
    name: str, client: Client, room: Room, aylin: Person, jonas: Person, gerd: Person
) -> None:
    room.admit(gerd)
    address = path(name, room, *([] if name == "keeping" else [gerd.pk]))
    ask = client.get if name in {"person", "keeping"} else client.post
    for person, status in [(aylin, 403), (jonas, 200)]:
        client.force_login(person)
        assert ask(address, headers=JSON).status_code == status


def test_a_plain_form_mutes_and_lifts(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    client.force_login(jonas)
    data = {"minutes": "30", "reason": "Ruhe bitte", "next": "/"}
    assert client.post(path("mute", room, aylin.pk), data).url == "/"
    sanction = Sanction.objects.get()
    assert (sanction.reason, sanction.imposed_by) == ("Ruhe bitte", jonas)
    assert 29 < (sanction.ends_at - sanction.imposed_at) / timedelta(minutes=1) < 31
    assert "Ruhe bitte" in client.get(path("keeping", room)).text
    client.force_login(aylin)
    assert client.post(path("lift", room, sanction.pk)).status_code == 403
    client.force_login(jonas)
    assert client.post(path("lift", room, sanction.pk)).url == path("keeping", room)
    assert not Sanction.objects.get().is_in_force


def test_a_refused_measure_says_why(
    client: Client, room: Room, jonas: Person, petra: Person
) -> None:
    room.admit(petra, Role.MODERATOR)
    client.force_login(jonas)
    answer = client.post(path("ban", room, petra.pk), headers=JSON)
    sentence = "Das geht bei dieser Person nicht: Auch sie leitet den Raum."
    assert (answer.status_code, answer.json()) == (403, {"error": sentence})
    assert client.post(path("ban", room, petra.pk + 999)).status_code == 404


def test_reader_and_page_are_told_of_the_mute(
    client: Client, room: Room, aylin: Person, jonas: Person
) -> None:
    until = clock.now() + timedelta(minutes=5)
    seat(room, aylin).mute(jonas, until, "Ruhe bitte")
    client.force_login(aylin)
    answer = client.get(path("room", room), {"since": 0}, headers=JSON).json()
    assert answer["mute"] == {"until": until.isoformat(), "reason": "Ruhe bitte"}
    assert "Der Grund: Ruhe bitte" in client.get(path("room", room)).text
    client.force_login(jonas)
    answer = client.get(path("room", room), {"since": 0}, headers=JSON).json()
    assert answer["mute"] is None
