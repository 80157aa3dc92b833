"""Between events: organisers of one are to another what anybody is, on pages, in chats and in
the administration."""

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.contrib.auth.models import Group, Permission
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from chat.models import Membership, Message, Report, Talk
from chat.models.message import NotYours
from chat.models.report import report
from chat.models.sanction import NotYourSay
from chat.models.talk import Reachable
from conference.models import (
    Contingent,
    Event,
    Forum,
    Interest,
    Mail,
    Person,
    Place,
    Recording,
    Session,
    Slot,
    Waiting,
)
from conference.models.event import Standing
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


def test_filters_name_what_is_of_ones_own_events(
    stranger: Client, rows: dict[str, Any], event: Event, katrin: Person
) -> None:
    lists = ["conference_registration", "conference_mail", "marketplace_stand"]
    pages = [reverse(f"admin:{name}_changelist") for name in lists]
    assert [event.title in stranger.get(page).text for page in pages] == [False] * 3
    stranger.force_login(katrin)
    assert [event.title in stranger.get(page).text for page in pages] == [True] * 3


# -- on the pages


def test_who_organises_elsewhere_sees_what_anybody_sees(
    stranger: Client,
    event: Event,
    round_one: Session,
    stand: Stand,
    olga: Person,
    now: datetime,
) -> None:
    recording = Recording(event=event, slug="d", title="D", available_from=now)
    recording.save()

    def seen() -> list[Any]:
        person = Person.objects.get(pk=olga.pk)
        return [
            event in Event.objects.visible_to(person),
            round_one in Session.objects.visible_to(person),
            stand in Stand.objects.visible_to(person),
            recording in Recording.objects.visible_to(person),
            stand in Stand.objects.edited_by(person),
            event.is_run_by(person),
            event.is_entered_by(person),
            event.standing_of(person),
        ]

    assert seen() == [True] * 3 + [False] * 4 + [Standing.OUTSIDER]
    Event.objects.update(published_at=None, market_opens_at=None)
    assert seen() == [False] * 7 + [Standing.OUTSIDER]
    event.organisers.add(olga)
    assert seen() == [True] * 7 + [Standing.ORGANISER]
    event.organisers.remove(olga)
    Person.objects.filter(pk=olga.pk).update(is_superuser=True)
    assert seen() == [True] * 7 + [Standing.ORGANISER]


def test_drafts_are_for_their_organisers(
    stranger: Client, event: Event, slot: Slot, stand: Stand, olga: Person
) -> None:
    Event.objects.update(published_at=None)
    pages = [
        *(reverse(name, args=[event.slug]) for name in ["event", "programme", "foyer"]),
        *(row.get_absolute_url() for row in [slot.round, slot.forum, slot, stand]),
    ]
    assert {stranger.get(page).status_code for page in pages} == {404}
    event.organisers.add(olga)
    assert {stranger.get(page).status_code for page in pages} == {200}


def test_reports_and_figures_are_for_their_organisers(
    stranger: Client, event: Event, olga: Person
) -> None:
    pages = [reverse(name, args=[event.slug]) for name in ["reports", "figures", "foyer"]]
    assert {stranger.get(page).status_code for page in pages} == {403}
    event.organisers.add(olga)
    assert {stranger.get(page).status_code for page in pages} == {200}


# -- in the chats


@pytest.fixture
def said(stand: Stand, aylin: Person, jonas: Person) -> Message:
    stand.enter(aylin)
    return stand.room.post(aylin, "Werbung", uuid4())


def test_who_organises_elsewhere_keeps_no_room(
    stranger: Client, event: Event, said: Message, olga: Person, jonas: Person
) -> None:
    room, seat = said.room, Membership.objects.get(person=jonas)
    assert (room.is_kept_by(olga), room.is_run_by(olga)) == (False, False)
    with pytest.raises(NotYours):
        said.hide(olga)
    with pytest.raises(NotYourSay):
        seat.ban(olga)
    event.organisers.add(olga)
    assert (room.is_kept_by(olga), room.is_run_by(olga)) == (True, True)
    said.hide(olga)
    seat.ban(olga)
    assert (said.hidden_by, room.has_banned(jonas)) == (olga, True)


def test_organisers_rank_above_moderators_and_not_above_each_other(
    slot: Slot, petra: Person, katrin: Person, olga: Person, gerd: Person, event: Event
) -> None:
    event.organisers.add(olga)
    slot.room.admit(gerd)
    people = [gerd, petra, olga, katrin]
    assert [slot.room.rank_of(one) for one in people] == [0, 2, 3, 3]


def test_lists_of_chats_hold_what_is_of_ones_own_events(
    stranger: Client, event: Event, said: Message, olga: Person, jonas: Person, gerd: Person
) -> None:
    """Also for those whom superusers gave rights to reports and measures."""
    rights = Permission.objects.filter(content_type__app_label="chat")
    olga.user_permissions.set(rights)
    rows = {
        "chat_room": said.room,
        "chat_message": said,
        "chat_report": report(said, jonas, "Werbung"),
        "chat_sanction": said.room.memberships.get(person=aylin_of(said)).ban(jonas),
    }

    def found() -> set[str]:
        return {name for name, row in rows.items() if row.pk in shown(stranger, name)}

    assert found() == set()
    hide = {"action": "hide", "_selected_action": said.pk}
    stranger.post(reverse("admin:chat_message_changelist"), hide)
    assert Message.objects.get().hidden_at is None
    event.organisers.add(olga)
    assert found() == {*rows}
    stranger.post(reverse("admin:chat_message_changelist"), hide)
    assert Message.objects.get().hidden_by == olga


def aylin_of(said: Message) -> Person:
    assert said.author
    return said.author


def test_reports_of_direct_messages_go_to_those_who_run_where_the_two_met(
    stranger: Client, event: Event, said: Message, olga: Person, aylin: Person, gerd: Person
) -> None:
    for person in (aylin, gerd):
        Reachable.say(person, is_reachable=True)
    direct = Talk.begin(aylin, gerd, "Ruf mich an", uuid4(), said.room)
    complaint = report(direct, gerd, "aufdringlich")
    olga.user_permissions.set(Permission.objects.filter(content_type__app_label="chat"))
    with pytest.raises(NotYours):
        direct.hide(olga)
    assert shown(stranger, "chat_report") == set()
    event.organisers.add(olga)
    assert shown(stranger, "chat_report") == {complaint.pk}
    assert direct.pk not in shown(stranger, "chat_message")
    direct.hide(olga)
    assert Report.objects.get().settled_by == olga


def test_rooms_of_people_are_those_of_what_they_run(
    event: Event, other: Event, slot: Slot, stand: Stand, olga: Person, katrin: Person
) -> None:
    other.organisers.add(olga)
    assert [*olga.run_rooms] == [other.room]
    event.organisers.add(olga)
    hosts = [event, slot.round, slot, stand, other]
    assert {*olga.run_rooms} == {host.room for host in hosts} == {*katrin.run_rooms}


# -- mails


def test_mails_of_no_event_are_for_superusers(
    stranger: Client, event: Event, other: Event, aylin: Person, katrin: Person
) -> None:
    mails = [Mail.write(aylin, "welcome", event=one) for one in (event, other)]
    mails.append(Mail.write(aylin, "login", way_in="login"))
    assert shown(stranger, "conference_mail") == {mails[1].pk}
    assert stranger.get(reverse("admin:conference_mail_change", args=[mails[2].pk])).url == (
        "/verwaltung/"
    )
    stranger.force_login(katrin)
    assert shown(stranger, "conference_mail") >= {one.pk for one in mails}
