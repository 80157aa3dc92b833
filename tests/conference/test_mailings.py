"""Organisers write to many: who gets it, how it looks, a test, and then it goes, once."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from chat import clock
from conference.models import Event, Forum, Mail, Mailing, Person, Session, Slot, Speaker
from conference.models.mailing import AUDIENCES, NotToBeSent
from conference.tasks import each_minute
from tests.cast import attendee

NewMailing = Callable[..., Mailing]


@pytest.fixture
def mailing(event: Event) -> NewMailing:
    def create(*audiences: str, **fields: Any) -> Mailing:
        texts = {
            "subject": "Neues zum Fachtag",
            "body": "Guten Tag {Name},\n\n{link}\n\nBis bald",
        }
        return Mailing.objects.create(
            event=event, audiences=[*audiences] or ["everyone"], **(texts | fields)
        )

    return create


@pytest.fixture
def organiser(event: Event, olga: Person) -> Person:
    """In the group “Organisers”, of this event; no superuser."""
    call_command("organisers", verbosity=0)
    Person.objects.filter(pk=olga.pk).update(is_staff=True)
    olga.groups.add(Group.objects.get(name="Organisers"))
    event.organisers.add(olga)
    return Person.objects.get(pk=olga.pk)


def names(mailing: Mailing) -> list[str]:
    return sorted(one.person.name for one in mailing.recipients)


def address(mailing: Mailing, name: str, *args: Any) -> str:
    return reverse(f"admin:mailing_{name}", args=[mailing.pk, *args])


# -- to whom


@pytest.fixture
def people(event: Event, aylin: Person, gerd: Person, petra: Person, slot: Slot) -> None:
    """Aylin has a place in the first forum, Gerd none; Petra moderates it. Sofie speaks there.

    In the second forum sits Max.
    """
    slot.book(event.registrations.get(person=aylin))
    sofie, max_ = (
        attendee(event, f"{name}@example.org", name.title()) for name in ("sofie", "max")
    )
    speaker = Speaker.objects.create(event=event, name="Sofie", person=sofie)
    slot.forum.speakers.add(speaker)
    other = Forum.objects.create(event=event, number=2, title="Finanzierung")
    Slot.objects.create(forum=other, round=slot.round).book(
        event.registrations.get(person=max_)
    )


@pytest.mark.parametrize(
    ("audiences", "expected"),
    [
        (["everyone"], ["Aylin Yılmaz", "Gerd Hoffmann", "Max", "Petra Maier", "Sofie"]),
        (["placed"], ["Aylin Yılmaz", "Max"]),
        (["unplaced"], ["Gerd Hoffmann", "Petra Maier", "Sofie"]),
        (["moderators"], ["Petra Maier"]),
        (["speakers"], ["Sofie"]),
        (["leads"], []),
        (["placed", "moderators", "speakers"], ["Aylin Yılmaz", "Max", "Petra Maier", "Sofie"]),
    ],
)
def test_each_audience_has_its_people(
    audiences: list[str], expected: list[str], people: None, mailing: NewMailing
) -> None:
    assert names(mailing(*audiences)) == expected


def test_who_waits_is_an_audience_of_the_slot_and_of_either_round(
    event: Event, aylin: Person, gerd: Person, petra: Person, slot: Slot, mailing: NewMailing
) -> None:
    Slot.objects.filter(pk=slot.pk).update(capacity=1)
    slot.refresh_from_db()
    slot.book(event.registrations.get(person=petra))
    slot.wait(event.registrations.get(person=aylin))
    slot.forum.wait(event.registrations.get(person=gerd))
    one = mailing("waiting")
    assert names(one) == ["Aylin Yılmaz", "Gerd Hoffmann"]
    one.forums.add(Forum.objects.create(event=event, number=2, title="Finanzierung"))
    assert names(one) == []


def test_leads_of_stands_are_an_audience(jonas: Person, mailing: NewMailing) -> None:
    assert names(mailing("leads")) == ["Jonas Weber"]
    assert "leads" in AUDIENCES


def test_forums_and_rounds_narrow_it_down(
    people: None, mailing: NewMailing, forum: Forum, event: Event, round_one: Session
) -> None:
    one = mailing("placed", "moderators", "speakers")
    one.forums.add(forum)
    assert names(one) == ["Aylin Yılmaz", "Petra Maier", "Sofie"]
    one.forums.set(event.forums.filter(number=2))
    assert names(one) == ["Max"]
    later = Session.objects.create(
        event=event,
        slug="foren-runde-2",
        kind=Session.Kind.ROUND,
        title="Foren, Runde 2",
        starts_at=round_one.ends_at,
        ends_at=round_one.ends_at + timedelta(hours=1),
    )
    one.forums.clear()
    one.rounds.add(later)
    assert names(one) == []


def test_who_wants_no_mails_gets_important_ones_only(
    event: Event, aylin: Person, gerd: Person, mailing: NewMailing
) -> None:
    event.registrations.get(person=gerd).choose_mails(wanted=False)
    one = mailing()
    assert (names(one), one.declined_count) == (["Aylin Yılmaz"], 1)
    one.is_for_all = True
    assert (len(names(one)), one.declined_count) == (2, 0)


def test_unconfirmed_and_shut_out_people_get_nothing(
    event: Event, aylin: Person, gerd: Person, mailing: NewMailing
) -> None:
    event.registrations.filter(person=aylin).update(confirmed_at=None)
    Person.objects.filter(pk=gerd.pk).update(is_active=False)
    assert names(mailing()) == []


# -- how it looks


def test_names_and_links_come_into_the_text_and_nothing_else(
    aylin: Person, mailing: NewMailing
) -> None:
    aylin.name = "<b>Aylin</b> [x](https://evil.example)"
    one = mailing(
        body="Guten Tag {NAME},\r\n\r\n## Neues\r\n\r\n- [Hier]({link}) oder {link}\r\n\r\n"
        "{link}\r\n\r\n<script>alert(1)</script> ![x](https://evil.example/x.png)",
    )
    shown = one.preview(aylin, "de")
    assert shown["subject"] == "Neues zum Fachtag"
    assert "<b>" not in shown["html"]
    assert "<script" not in shown["html"]
    assert "<img" not in shown["html"]
    assert "&lt;b&gt;Aylin&lt;/b&gt; [x](https://evil.example)," in shown["html"]
    assert "<h2>Neues</h2>" in shown["html"]
    assert shown["html"].count("/anmelden/link/persoenlich/") == 4  # two inline, one shown
    assert shown["html"].count('class="button"') == 1
    assert "Guten Tag <b>Aylin</b> [x](https://evil.example),\n\n## Neues" in shown["text"]
    assert "{link}" not in shown["text"]


def test_english_readers_get_english_where_it_was_written(
    aylin: Person, mailing: NewMailing
) -> None:
    german, both = mailing(), mailing(subject_en="News", body_en="Dear {name}")
    assert german.preview(aylin, "en")["subject"] == "Neues zum Fachtag"
    assert '<div class="text" lang="de">' in german.preview(aylin, "en")["html"]
    assert both.preview(aylin, "en")["subject"] == "News"
    assert "Dear Aylin" in both.preview(aylin, "en")["html"]
    assert both.preview(aylin, "de")["subject"] == "Neues zum Fachtag"


# -- sending


def test_a_test_goes_to_the_organiser_alone_in_both_languages(
    event: Event, aylin: Person, katrin: Person, mailing: NewMailing, mailoutbox: list
) -> None:
    one = mailing(subject_en="News", body_en="Dear {name}, {link}")
    assert one.send_test(katrin) == 2
    each_minute.enqueue()
    assert [(mail.to, mail.subject) for mail in mailoutbox] == [
        ([katrin.email], "Test: Neues zum Fachtag"),
        ([katrin.email], "Test: News"),
    ]
    one.refresh_from_db()
    assert one.tested_at is not None
    assert one.is_draft


def test_once_approved_it_reaches_each_person_once_so_many_a_minute(
    event: Event, katrin: Person, mailing: NewMailing, mailoutbox: list, settings: Any
) -> None:
    settings.MAILS_PER_MINUTE = 3
    for number in range(7):
        attendee(event, f"p{number}@example.org", f"P{number}")
    one = mailing()
    each_minute.enqueue()
    assert mailoutbox == []
    one.approve(katrin, count=7)
    counts = []
    for _minute in range(4):
        each_minute.enqueue()
        counts.append(len(mailoutbox))
    assert counts == [3, 6, 7, 7]
    assert len({mail.to[0] for mail in mailoutbox}) == 7
    one.refresh_from_db()
    assert one.finished_at is not None
    assert one.progress() == {"sent": 7, "waiting": 0, "given_up": 0, "recalled": 0}
    assert "/anmelden/link/" in mailoutbox[0].body
    assert len({mail.body.partition("/anmelden/link/")[2][:43] for mail in mailoutbox}) == 7
    assert mailoutbox[0].extra_headers["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"


def test_a_round_that_was_cut_off_is_taken_up_without_a_second_mail(
    event: Event, aylin: Person, gerd: Person, katrin: Person, mailing: NewMailing
) -> None:
    one = mailing()
    one.approve(katrin, count=2)
    one.write_to(event.registrations.select_related("event", "person").get(person=aylin))
    one.write_to(event.registrations.select_related("event", "person").get(person=aylin))
    assert one.write_on(10) == 1
    assert Mail.objects.filter(mailing=one).count() == 2


def test_it_is_approved_once_for_as_many_as_were_told(
    aylin: Person, gerd: Person, katrin: Person, mailing: NewMailing
) -> None:
    one = mailing()
    with pytest.raises(NotToBeSent, match="Inzwischen würde sie an 2 Personen gehen"):
        one.approve(katrin, count=1)
    one.approve(katrin, count=2)
    with pytest.raises(NotToBeSent, match="bereits unterwegs"):
        one.approve(katrin, count=2)
    with pytest.raises(NotToBeSent, match="würde niemand erhalten"):
        mailing("speakers").approve(katrin, count=0)


# -- in the administration


@pytest.fixture
def admin(client: Client, organiser: Person) -> Client:
    client.force_login(organiser)
    return client


def sent_form(event: Event, **fields: Any) -> dict[str, Any]:
    return {
        "event": event.pk,
        "audiences": ["everyone"],
        "subject": "Neues",
        "body": "Guten Tag {name}",
        **fields,
    }


def test_an_organiser_writes_looks_tests_and_sends(
    event: Event, aylin: Person, admin: Client, organiser: Person, mailoutbox: list
) -> None:
    form = admin.get(reverse("admin:conference_mailing_add"))
    assert form.context["adminform"].form.initial["event"] == event.pk
    response = admin.post(reverse("admin:conference_mailing_add"), sent_form(event))
    one = Mailing.objects.get()
    assert response.url == address(one, "preview")
    page = admin.get(response.url)
    assert "1 Person erhält diese E-Mail." in page.text
    assert "aylin@example.org" in page.text
    assert admin.post(address(one, "test")).url == response.url
    assert [mail.person for mail in Mail.objects.all()] == [organiser]

    without = admin.post(address(one, "approve"), {"count": 1}, follow=True)
    assert "Bitte bestätigen Sie, dass Sie die E-Mail geprüft haben." in without.text
    changed = admin.post(address(one, "approve"), {"count": 2, "is_checked": 1}, follow=True)
    assert "Inzwischen würde sie an 1 Person gehen." in changed.text
    one.refresh_from_db()
    assert one.is_draft
    admin.post(address(one, "approve"), {"count": 1, "is_checked": 1})
    each_minute.enqueue()
    assert sorted(mail.to[0] for mail in mailoutbox) == ["aylin@example.org", organiser.email]
    page = admin.get(response.url)
    assert "Gesendet an 1" in page.text
    assert "Jetzt an" not in page.text
    listed = admin.get(
        reverse("admin:conference_mail_changelist"), {"mailing__id__exact": one.pk}
    )
    assert listed.context["cl"].result_count == 1


def test_what_was_let_go_is_neither_changed_nor_deleted(
    event: Event, aylin: Person, admin: Client, organiser: Person, mailing: NewMailing
) -> None:
    one = mailing()
    change = reverse("admin:conference_mailing_change", args=[one.pk])
    delete = reverse("admin:conference_mailing_delete", args=[one.pk])
    assert admin.post(change, sent_form(event)).url == address(one, "preview")
    one.approve(organiser, count=1)
    assert admin.post(change, sent_form(event)).status_code == 403
    assert admin.post(delete, {"post": "yes"}).status_code == 403


def test_other_events_are_for_their_own_organisers(
    event: Event, admin: Client, mailing: NewMailing, now: Any
) -> None:
    other = Event.objects.create(
        slug="other", title="Anderer", starts_at=now, ends_at=now + timedelta(days=1)
    )
    foreign = mailing()
    Mailing.objects.filter(pk=foreign.pk).update(event=other)
    mail = Mail.write("x@example.org", "unknown")
    Mail.objects.filter(pk=mail.pk).update(event=other)
    for name in ("preview", "sight"):
        args = ["de"] if name == "sight" else []
        assert admin.get(address(foreign, name, *args)).status_code == 404
    for name in ("test", "approve"):
        assert admin.post(address(foreign, name)).status_code == 404
    listed = admin.get(reverse("admin:conference_mailing_changelist"))
    assert foreign.subject not in listed.text
    refused = admin.post(reverse("admin:conference_mailing_add"), sent_form(other))
    assert refused.status_code == 200
    assert Mailing.objects.count() == 1
    again = reverse("admin:conference_mail_again", args=[mail.pk])
    assert admin.post(again).status_code == 404


def test_strangers_and_attendees_find_no_door(
    client: Client, aylin: Person, mailing: NewMailing
) -> None:
    one = mailing()
    for person in (None, aylin):
        if person:
            client.force_login(person)
        for name in ("preview", "test", "approve"):
            assert client.post(address(one, name)).status_code == 302
    assert not Mail.objects.exists()


def test_forums_of_other_events_and_half_a_translation_are_refused(
    event: Event, forum: Forum, admin: Client, organiser: Person, now: Any
) -> None:
    other = Event.objects.create(
        slug="other", title="Anderer", starts_at=now, ends_at=now + timedelta(days=1)
    )
    other.organisers.add(organiser)
    data = sent_form(other, forums=[forum.pk], subject_en="News", audiences=[])
    page = admin.post(reverse("admin:conference_mailing_add"), data)
    assert page.context["adminform"].form.errors == {
        "audiences": ["Bitte wählen Sie mindestens eine Gruppe."],
        "forums": ["Das gehört zu einer anderen Veranstaltung."],
        "body_en": ["Bitte schreiben Sie auf Englisch sowohl Betreff als auch Text."],
    }


def test_the_sight_of_a_mail_runs_nothing_and_is_framed_by_us_alone(
    admin: Client, mailing: NewMailing
) -> None:
    one = mailing(body="<script>alert(1)</script>")
    sight = admin.get(address(one, "sight", "en"))
    policy = sight["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'self'" in policy
    assert "script-src" not in policy
    assert sight["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in admin.get(address(one, "preview"))["Content-Security-Policy"]


@pytest.mark.parametrize("count", [1, 3])
def test_the_preview_costs_the_same_for_few_and_many(
    count: int,
    event: Event,
    admin: Client,
    mailing: NewMailing,
    django_assert_num_queries: Any,
) -> None:
    one = mailing()
    for number in range(count):
        attendee(event, f"p{number}@example.org", f"P{number}")
    admin.get(address(one, "preview"))
    with django_assert_num_queries(10):
        admin.get(address(one, "preview"))


# -- single mails


def one_again(client: Client, mail: Mail) -> HttpResponse:
    return client.post(reverse("admin:conference_mail_again", args=[mail.pk]))


def test_organisers_see_what_became_of_a_mail_and_send_it_again(
    event: Event,
    aylin: Person,
    admin: Client,
    mailoutbox: list,
    django_capture_on_commit_callbacks: Any,
) -> None:
    mail = Mail.write(aylin, "cancelled", event=event)
    Mail.objects.update(error="550 no such mailbox", given_up_at=clock.now(), next_try_at=None)
    listed = admin.get(reverse("admin:conference_mail_changelist"), {"state": "given_up"})
    assert '<span class="mail-state mail-state--given_up">aufgegeben</span>' in listed.text
    page = admin.get(reverse("admin:conference_mail_change", args=[mail.pk]))
    assert "550 no such mailbox" in page.text
    assert "Ihre Anmeldung zu „Fachtag Quartier“" in page.text
    with django_capture_on_commit_callbacks(execute=True):
        one_again(admin, mail)
    assert [sent.to for sent in mailoutbox] == [[aylin.email]]
    data = {"action": "send_again", "_selected_action": [mail.pk]}
    with django_capture_on_commit_callbacks(execute=True):
        admin.post(reverse("admin:conference_mail_changelist"), data)
    assert len(mailoutbox) == 2
    nothing = admin.get(reverse("admin:conference_mail_changelist"), {"state": "given_up"})
    assert nothing.context["cl"].result_count == 0
