from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.contrib.admin import site
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from chat import clock
from chat.models import Role
from conference.models import (
    Event,
    Forum,
    LoginLink,
    Mail,
    Person,
    Place,
    Recording,
    Registration,
    Session,
    Slot,
)
from tests.files import picture

PATHS = [
    reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")
    for model in site._registry
    if model._meta.app_label == "conference"
]


def forum_form(forum: Forum, slot: Slot, **changes: Any) -> dict[str, Any]:
    return {
        "event": forum.event.pk,
        "number": forum.number,
        "title": forum.title,
        "slots-TOTAL_FORMS": 1,
        "slots-INITIAL_FORMS": 1,
        "slots-0-id": slot.pk,
        "slots-0-forum": forum.pk,
        "slots-0-round": slot.round_id,
        "slots-0-capacity": slot.capacity,
        "slots-0-moderators": [person.pk for person in slot.moderators.all()],
        "materials-TOTAL_FORMS": 0,
        "materials-INITIAL_FORMS": 0,
    } | changes


def path(row: Any) -> str:
    return reverse(f"admin:conference_{row._meta.model_name}_change", args=[row.pk])


@pytest.mark.parametrize("address", PATHS)
def test_every_list_opens_to_organisers_and_to_nobody_else(
    client: Client,
    address: str,
    katrin: Person,
    aylin: Person,
    slot: Slot,
    recording: Recording,
) -> None:
    client.force_login(aylin)
    assert client.get(address).status_code == 302
    client.force_login(katrin)
    assert client.get(address, {"q": "a"}).status_code == 200


def test_every_form_opens(
    client: Client, event: Event, katrin: Person, slot: Slot, recording: Recording
) -> None:
    client.force_login(katrin)
    registration = event.enrol(katrin)
    for row in [event, slot.round, slot.forum, recording, katrin, registration]:
        assert client.get(path(row)).status_code == 200


def test_moderators_are_appointed_and_dismissed_in_the_forums_form(
    client: Client, katrin: Person, olga: Person, petra: Person, slot: Slot
) -> None:
    client.force_login(katrin)
    data = forum_form(slot.forum, slot, **{"slots-0-moderators": [olga.pk]})
    assert client.post(path(slot.forum), data).status_code == 302
    assert list(slot.moderators.all()) == [olga]
    membership = slot.room.memberships.get()
    assert (membership.person, membership.role) == (olga, Role.MODERATOR)
    assert slot.forum.event.is_entered_by(olga) is True


@pytest.fixture
def spoken(event: Event, now: datetime, aylin: Person, olga: Person) -> Session:
    """A session with Aylin, who is registered, and Olga, who is not any more."""
    session = Session.objects.create(
        event=event,
        slug="dialog",
        kind=Session.Kind.DIALOGUE,
        title="Dialog",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )
    for person in (aylin, olga):
        session.speakers.create(event=event, person=person, name=str(person))
        session.room.admit(person, Role.HOST)
    return session


def roles(session: Session) -> dict[str, str]:
    return dict(session.room.memberships.values_list("person__name", "role"))


def test_who_is_taken_off_a_session_keeps_its_room_no_longer(
    client: Client, katrin: Person, spoken: Session
) -> None:
    client.force_login(katrin)
    data = {"event": spoken.event_id, "slug": "dialog", "kind": "dialogue", "title": "Dialog"}
    for name in ("starts_at", "ends_at"):
        moment = timezone.localtime(getattr(spoken, name))
        data |= {f"{name}_0": f"{moment:%d.%m.%Y}", f"{name}_1": f"{moment:%H:%M:%S}"}
    data |= {"premiere-TOTAL_FORMS": 0, "premiere-INITIAL_FORMS": 0}
    assert client.post(path(spoken), data | {"speakers": []}).status_code == 302
    assert roles(spoken) == {"Aylin Yılmaz": "member"}


def test_whose_speaker_goes_or_is_somebody_else_keeps_the_room_no_longer(
    client: Client, katrin: Person, spoken: Session, gerd: Person
) -> None:
    client.force_login(katrin)
    first, second = spoken.speakers.order_by("pk")
    data = {"event": spoken.event_id, "person": gerd.pk, "name": "Gerd Hoffmann"}
    assert client.post(path(first), data).status_code == 302
    assert roles(spoken) == {"Aylin Yılmaz": "member", "Olga Brandt": "host"}
    address = reverse("admin:conference_speaker_delete", args=[second.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    assert roles(spoken) == {"Aylin Yılmaz": "member"}


def test_rooms_are_called_like_their_forum(client: Client, katrin: Person, slot: Slot) -> None:
    client.force_login(katrin)
    client.post(path(slot.forum), forum_form(slot.forum, slot, title="Denkwerkstatt"))
    slot.room.refresh_from_db()
    assert slot.room.title == "Forum 1: Denkwerkstatt (Foren, Runde 1)"


def test_fewer_places_than_are_taken_are_refused(
    client: Client, katrin: Person, aylin: Person, slot: Slot
) -> None:
    slot.book(Registration.objects.get(person=aylin))
    client.force_login(katrin)
    data = forum_form(slot.forum, slot, **{"slots-0-capacity": 0})
    response = client.post(path(slot.forum), data)
    assert response.status_code == 200
    assert "Es sind schon mehr Plätze vergeben." in response.text


def test_a_registration_that_goes_frees_its_place(
    client: Client, katrin: Person, aylin: Person, slot: Slot
) -> None:
    registration = Registration.objects.get(person=aylin)
    slot.book(registration)
    client.force_login(katrin)
    address = reverse("admin:conference_registration_delete", args=[registration.pk])
    assert client.post(address, {"post": "yes"}).status_code == 302
    slot.refresh_from_db()
    assert (slot.taken, Place.objects.count()) == (0, 0)


def test_mails_are_read_and_not_written(
    client: Client, katrin: Person, event: Event, aylin: Person
) -> None:
    mail = Mail.write(aylin, "welcome", event=event, way_in="entrance")
    mail.send()
    client.force_login(katrin)
    response = client.get(path(mail))
    assert "/anmelden/link/persoenlich/" in response.text
    assert client.post(path(mail), {"subject": "Neu"}).status_code == 403


def test_the_organisers_group_edits_but_changes_no_key_and_appoints_no_staff(
    client: Client, event: Event, olga: Person, aylin: Person, katrin: Person
) -> None:
    call_command("organisers", verbosity=0)
    olga.is_staff = True
    olga.save()
    olga.groups.add(Group.objects.get(name="Organisers"))
    client.force_login(olga)
    text = client.get(path(aylin)).text
    fields = [f'name="{name}"' in text for name in ["name", "email", "is_active", "is_staff"]]
    assert fields == [False] * 4  # she takes part in another event than olga's
    event.organisers.add(olga)
    text = client.get(path(aylin)).text
    fields = [f'name="{name}"' in text for name in ["name", "email", "is_active", "is_staff"]]
    assert fields == [True, False, False, False]
    assert 'name="name"' not in client.get(path(katrin)).text
    assert client.get(PATHS[0]).status_code == 200


@pytest.fixture
def colleague(olga: Person) -> Person:
    """In the group “Organisers”; no superuser."""
    call_command("organisers", verbosity=0)
    Person.objects.filter(pk=olga.pk).update(is_staff=True)
    olga.groups.add(Group.objects.get(name="Organisers"))
    return Person.objects.get(pk=olga.pk)


def test_organisers_neither_change_nor_delete_who_has_rights(
    client: Client, colleague: Person, katrin: Person
) -> None:
    other = Person.objects.create_user("uwe@example.org", name="Uwe", is_staff=True)
    client.force_login(colleague)
    for person in [katrin, other]:
        delete = reverse("admin:conference_person_delete", args=[person.pk])
        data = {"email": "neu@example.org", "name": "Neu", "language": "de"}
        assert client.post(path(person), data).status_code == 403
        assert client.post(delete, {"post": "yes"}).status_code == 403
    assert 'name="name"' in client.get(path(colleague)).text


def test_organisers_enter_people_by_an_address_that_only_these_change(
    client: Client, colleague: Person, event: Event, aylin: Person
) -> None:
    event.organisers.add(colleague)
    client.force_login(colleague)
    data = {"email": "neu@example.org", "name": "Neu", "language": "de"}
    assert client.post(path(aylin), data).status_code == 302
    aylin.refresh_from_db()
    assert (aylin.email, aylin.name) == ("aylin@example.org", "Neu")
    assert client.post(reverse("admin:conference_person_add"), data).status_code == 302
    assert Person.objects.get(email="neu@example.org").is_active


def test_a_new_address_ends_what_lies_in_the_old_mailbox(
    client: Client, katrin: Person, aylin: Person
) -> None:
    LoginLink.issue(aylin, expires_at=clock.now() + timedelta(days=1))
    client.force_login(katrin)
    data = {"email": "neu@example.org", "name": aylin.name, "language": "de", "is_active": "on"}
    assert client.post(path(aylin), data | {"email": aylin.email}).status_code == 302
    assert aylin.login_links.count() == 1
    assert client.post(path(aylin), data).status_code == 302
    assert aylin.login_links.count() == 0
    [notice] = Mail.objects.filter(occasion="address-changed")
    assert (notice.mailbox, notice.person) == (aylin.email, aylin)


def test_who_organises_no_longer_runs_no_room(
    client: Client, event: Event, slot: Slot, petra: Person, katrin: Person, olga: Person
) -> None:
    event.organisers.add(olga, petra)
    for person in [olga, petra]:
        event.enter(person)
        slot.enter(person)
    client.force_login(katrin)
    data = {
        **{name: getattr(event, name) for name in ["title", "slug", "form", "language"]},
        "time_zone": event.time_zone,
        "places_per_person": 1,
        "offer_minutes": 1440,
        "organisers": [katrin.pk],
        "starts_at_0": "2026-07-15",
        "starts_at_1": "9:00",
        "ends_at_0": "2026-07-17",
        "ends_at_1": "16:00",
        "questions-TOTAL_FORMS": 0,
        "questions-INITIAL_FORMS": 0,
    }
    assert client.post(path(event), data).status_code == 302
    assert [one.room for one in olga.memberships.all()] == []
    assert [one.room for one in petra.memberships.all()] == [slot.room]


def test_portraits_lose_what_the_camera_wrote_into_them(
    client: Client, event: Event, katrin: Person, tmp_path: Path, settings: Any
) -> None:
    settings.MEDIA_ROOT = tmp_path
    exif = Image.Exif()
    exif[0x010F] = "Kamera von Gerd"
    client.force_login(katrin)
    address = reverse("admin:conference_speaker_add")
    data = {"event": event.pk, "name": "Gerd Hoffmann"}
    portrait = picture(size=(300, 400), exif=exif, name="Gerd.JPG")
    assert client.post(address, data | {"portrait": portrait}).status_code == 302
    speaker = event.speakers.get()
    assert speaker.portrait.name == "speakers/Gerd.webp"
    with Image.open(speaker.portrait.path) as kept:
        assert (kept.format, kept.size, dict(kept.getexif())) == ("WEBP", (300, 400), {})
    page = client.post(path(speaker), data | {"portrait": picture("GIF", name="bild.gif")})
    assert "Bitte wählen Sie ein JPEG, PNG oder WebP." in page.text
    assert client.post(path(speaker), data).status_code == 302
    speaker.refresh_from_db()
    assert speaker.portrait.name == "speakers/Gerd.webp"
    assert client.post(path(speaker), data | {"portrait-clear": "on"}).status_code == 302
    speaker.refresh_from_db()
    assert speaker.portrait.name == ""
