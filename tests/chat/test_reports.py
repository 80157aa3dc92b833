"""Reports and their queue, pinned messages and what messages said before."""

from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat.models import EarlierBody, Message, Report, Room
from chat.models.message import Gone, NotYours
from chat.models.report import NothingToReport, open_in, report
from conference.models import Event, Person

JSON = {"Accept": "application/json"}


@pytest.fixture
def message(room: Room, aylin: Person, gerd: Person) -> Message:
    room.admit(gerd)
    return room.post(aylin, "Kaufen Sie!", uuid4())


def path(name: str, room: Room, *args: int) -> str:
    return reverse(f"chat:{name}", args=[room.pk, *args])


# -- reports


def test_one_reports_a_message_once(
    room: Room, message: Message, gerd: Person, jonas: Person
) -> None:
    first = report(message, gerd, "Werbung")
    assert report(message, gerd, "Immer noch") == first
    report(message, jonas, "Werbung")
    assert open_in(room) == 2


def test_some_messages_cannot_be_reported(
    message: Message, aylin: Person, gerd: Person
) -> None:
    for person, reason in [(aylin, "Meine eigene"), (gerd, " ")]:
        with pytest.raises(NothingToReport):
            report(message, person, reason)
    message.delete_by(aylin)
    with pytest.raises(NothingToReport):
        report(message, gerd, "Werbung")
    assert Report.objects.count() == 0


def test_hiding_and_letting_stand_settle_all_reports(
    room: Room, message: Message, aylin: Person, gerd: Person, jonas: Person
) -> None:
    other = room.post(aylin, "Mehr!", uuid4())
    report(message, gerd, "Werbung")
    report(other, gerd, "Werbung")
    message.hide(jonas)
    assert (open_in(room), Report.objects.get(message=message).settled_by) == (1, jonas)
    with pytest.raises(NotYours):
        other.keep(aylin)
    other.keep(jonas)
    other.refresh_from_db()
    assert (open_in(room), other.is_shown) == (0, True)


def test_everybody_reports_and_those_read_it_who_keep_the_room(
    client: Client, room: Room, message: Message, gerd: Person, jonas: Person
) -> None:
    client.force_login(gerd)
    answer = client.post(path("report", room, 1), {"reason": "Werbung"}, headers=JSON)
    sentence = "Vielen Dank. Wer diesen Raum leitet, sieht sich die Nachricht an."
    assert answer.json() == {"done": sentence, "frames": []}
    assert "Sie haben diese Nachricht gemeldet." in client.get(path("message", room, 1)).text
    for name, args, ask in [("reports", [], client.get), ("keep", [1], client.post)]:
        assert ask(path(name, room, *args)).status_code == 403
    answer = client.get(path("room", room), {"since": 0}, headers=JSON).json()
    assert "reports" not in answer
    client.force_login(jonas)
    answer = client.get(path("room", room), {"since": 0}, headers=JSON).json()
    assert answer["reports"] == 1
    text = client.get(path("reports", room)).text
    assert ("Werbung" in text, "Gerd Hoffmann" in text, "Kaufen Sie!" in text) == (True,) * 3
    client.post(path("keep", room, 1))
    assert "Es liegt keine Meldung vor." in client.get(path("reports", room)).text


def test_organisers_read_the_reports_of_all_rooms_of_their_event(
    client: Client,
    event: Event,
    room: Room,
    message: Message,
    aylin: Person,
    gerd: Person,
    katrin: Person,
) -> None:
    event.enter(aylin)
    report(message, gerd, "Am Stand")
    address = reverse("reports", args=[event.slug])
    client.force_login(katrin)
    counts = []
    for number in range(3):
        report(event.room.post(aylin, f"Nummer {number}", uuid4()), gerd, "Im Foyer")
        client.get(address)  # she is in all rooms now
        with CaptureQueriesContext(connection) as queries:
            text = client.get(address).text
        counts.append(len(queries))
    assert (text.count("Im Foyer"), text.count("Am Stand")) == (3, 1)
    assert counts == [counts[0]] * 3
    assert client.post(path("hide", room, 1), {"next": address}).url == address
    assert "Am Stand" not in client.get(address).text
    client.force_login(aylin)
    assert client.get(address).status_code == 403


def test_the_administration_settles_reports_and_lifts_measures(
    client: Client, room: Room, message: Message, gerd: Person, jonas: Person, katrin: Person
) -> None:
    kept = report(message, gerd, "Werbung")
    room.memberships.get(person=gerd).ban(jonas)
    reports = reverse("admin:chat_report_changelist")
    sanctions = reverse("admin:chat_sanction_changelist")
    client.force_login(katrin)
    data = {"action": "keep", "_selected_action": kept.pk}
    assert "Die Nachrichten bleiben stehen." in client.post(reports, data, follow=True).text
    data = {"action": "lift", "_selected_action": room.sanctions.get().pk}
    assert "1 Maßnahme ist aufgehoben." in client.post(sanctions, data, follow=True).text
    assert (open_in(room), room.has_banned(gerd)) == (0, False)
    for name, pk in [("report", kept.pk), ("sanction", room.sanctions.get().pk)]:
        address = reverse(f"admin:chat_{name}_change", args=[pk])
        assert client.get(address).status_code == 200


# -- pinned


def test_one_message_is_pinned_and_takes_a_number(
    room: Room, message: Message, aylin: Person, jonas: Person
) -> None:
    other = room.post(jonas, "Um elf geht es weiter.", uuid4())
    message.pin(jonas)
    other.pin(jonas)
    changes = room.messages.values_list("number", "changed")
    assert (list(changes), list(changes.exclude(pinned_at=None))) == (
        [(1, 4), (2, 5)],
        [(2, 5)],
    )
    other.unpin(jonas)
    assert [m.number for m in room.changes_since(5)] == [2]
    with pytest.raises(NotYours):
        message.pin(aylin)


def test_what_is_hidden_or_deleted_is_not_pinned_any_more(
    room: Room, message: Message, aylin: Person, jonas: Person
) -> None:
    message.pin(jonas)
    message.hide(jonas)
    assert not Message.objects.exclude(pinned_at=None).exists()
    with pytest.raises(Gone):
        message.pin(jonas)
    message.reveal(jonas)
    message.pin(jonas)
    message.delete_by(aylin)
    assert not Message.objects.exclude(pinned_at=None).exists()


def test_the_pinned_message_stands_above_the_log_and_comes_in_frames(
    client: Client, room: Room, message: Message, aylin: Person, jonas: Person
) -> None:
    client.force_login(aylin)
    assert client.post(path("pin", room, 1)).status_code == 403
    client.force_login(jonas)
    answer = client.post(path("pin", room, 1), headers=JSON).json()
    assert answer["frames"][0]["pinned"] is True
    text = client.get(path("room", room)).text
    assert (text.count("Kaufen Sie!"), text.count(' id="message-')) == (2, 1)
    answer = client.post(path("unpin", room, 1), headers=JSON).json()
    assert answer["frames"][0]["pinned"] is False


# -- what it said before


def test_earlier_texts_are_for_those_who_keep_the_room_and_go_with_the_message(
    client: Client, room: Room, message: Message, aylin: Person, jonas: Person
) -> None:
    message.edit(aylin, "Guten Tag")
    message.edit(aylin, "Guten Morgen")
    assert [version.body for version in message.earlier.all()] == ["Kaufen Sie!", "Guten Tag"]
    shown = {}
    for person in (aylin, jonas):
        client.force_login(person)
        shown[person] = "Kaufen Sie!" in client.get(path("message", room, 1)).text
    assert shown == {aylin: False, jonas: True}
    message.delete_by(aylin)
    assert EarlierBody.objects.count() == 0
