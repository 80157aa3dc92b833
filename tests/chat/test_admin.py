from uuid import uuid4

from django.test import Client
from django.urls import reverse

from chat.models import Message, Room
from conference.models import Person

ROOMS, MESSAGES = (reverse(f"admin:chat_{name}_changelist") for name in ["room", "message"])


def test_lists_and_forms_open_to_organisers_and_to_nobody_else(
    client: Client, room: Room, aylin: Person, katrin: Person
) -> None:
    message = room.post(aylin, "Guten Tag", uuid4())
    addresses = [
        ROOMS,
        MESSAGES,
        reverse("admin:chat_room_change", args=[room.pk]),
        reverse("admin:chat_message_change", args=[message.pk]),
    ]
    for person, status in [(aylin, 302), (katrin, 200)]:
        client.force_login(person)
        for address in addresses:
            assert (
                client.get(
                    address, {"q": "Tag"} if address in addresses[:2] else {}
                ).status_code
                == status
            )


def test_organisers_read_and_hide_what_was_said(
    client: Client, room: Room, aylin: Person, katrin: Person
) -> None:
    said = [room.post(aylin, text, uuid4()) for text in ["Werbung", "Mehr Werbung", "Ups"]]
    said[2].delete_by(aylin)
    client.force_login(katrin)
    data = {"_selected_action": [message.pk for message in said]}
    answer = client.post(MESSAGES, data | {"action": "hide"}, follow=True)
    assert "2 Nachrichten sind ausgeblendet." in answer.text
    assert [m.hidden_by for m in Message.objects.all()] == [katrin, katrin, None]
    assert "Mehr Werbung" in client.get(MESSAGES, {"hidden_at__isempty": "0"}).text
    client.post(MESSAGES, {"_selected_action": said[0].pk, "action": "reveal"})
    assert [m.hidden_by for m in Message.objects.all()] == [None, katrin, None]


def test_nobody_writes_in_other_peoples_names(
    client: Client, room: Room, aylin: Person, katrin: Person
) -> None:
    message = room.post(aylin, "Guten Tag", uuid4())
    client.force_login(katrin)
    client.post(reverse("admin:chat_message_change", args=[message.pk]), {"body": "Nein"})
    message.refresh_from_db()
    assert message.body == "Guten Tag"
    for name in ["add", "delete"]:
        args = [message.pk] if name == "delete" else []
        address = reverse(f"admin:chat_message_{name}", args=args)
        assert client.post(address, {"post": "yes"}).status_code == 403
