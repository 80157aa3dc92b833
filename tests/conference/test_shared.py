"""Pieces of pages that readers have in common: what they show, to whom, and for how long."""

import re
from datetime import datetime, timedelta
from uuid import uuid4

import pytest
import time_machine
from django.db import connection
from django.template import Context, Template
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from conference.models import Event, Page, Person, Session
from conference.models.event import Standing
from conference.templatetags.shared import KEPT

pytestmark = pytest.mark.usefixtures("fragments")


@pytest.fixture
def keynote(event: Event, now: datetime) -> Session:
    return Session.objects.create(
        event=event,
        slug="vortrag",
        kind=Session.Kind.KEYNOTE,
        title="Trends",
        starts_at=now,
        ends_at=now + timedelta(hours=1),
    )


def programme(event: Event, person: Person | None = None) -> str:
    client = Client()
    if person:
        client.force_login(person)
    return client.get(reverse("programme", args=[event.slug])).text


def test_organisers_see_at_once_what_they_changed_and_everybody_within_ten_seconds(
    event: Event, keynote: Session, katrin: Person, aylin: Person
) -> None:
    with time_machine.travel(datetime.now().astimezone(), tick=False) as moment:
        readers = [None, aylin, katrin]
        assert ["Trends" in programme(event, reader) for reader in readers] == [True] * 3
        Session.objects.update(title="Zukunft")
        assert ["Zukunft" in programme(event, one) for one in readers] == [False, False, True]
        moment.shift(KEPT)
        assert ["Zukunft" in programme(event, one) for one in readers] == [True] * 3


def test_the_footer_and_the_ways_inside_an_event_follow_as_fast(
    event: Event, keynote: Session, katrin: Person
) -> None:
    def is_known(reader: Person | None) -> tuple[bool, bool]:
        text = programme(event, reader)
        return "Impressum" in text, ">Foren</a>" in text

    with time_machine.travel(datetime.now().astimezone(), tick=False) as moment:
        assert (is_known(None), is_known(katrin)) == ((False, False), (False, False))
        Page.objects.create(slug="impressum", title="Impressum", body="–")
        event.forums.create(number=1, title="Land")
        assert (is_known(None), is_known(katrin)) == ((False, False), (True, True))
        moment.shift(KEPT)
        assert is_known(None) == (True, True)


def test_the_programme_of_a_reader_who_is_not_the_first_takes_few_queries(
    event: Event, keynote: Session, aylin: Person, gerd: Person
) -> None:
    programme(event, aylin)
    client = Client()
    client.force_login(gerd)
    with CaptureQueriesContext(connection) as queries:
        client.get(reverse("programme", args=[event.slug]))
    asked = [re.search(r'FROM "(\w+)"', query["sql"])[1] for query in queries]  # type: ignore[index]
    assert asked == [
        "django_session",
        "conference_person",
        "conference_event",
        "chat_message",  # how many notices are new
        "conference_person",  # whether they organise the event, or take part
    ]


def test_what_is_shared_knows_nothing_of_its_reader(
    event: Event, aylin: Person, rf: RequestFactory
) -> None:
    request = rf.get("/")
    request.user = aylin
    source = "{% load shared %}{% shared 'x' name %}[{{ user }}{{ request }}{{ csrf_token }}]"
    template = Template(source + "{{ name }}{% endshared %}")
    context = {"event": event, "request": request, "user": aylin, "csrf_token": "secret"}
    html = [template.render(Context(context | {"name": name})) for name in "ab"]
    assert html == ["[NoneNoneNone]a", "[NoneNoneNone]b"]


def test_people_are_outsiders_attendees_or_organisers(
    event: Event, olga: Person, aylin: Person, katrin: Person, gerd: Person
) -> None:
    event.organisers.add(gerd)
    gerd.registrations.all().delete()
    people = [olga, aylin, katrin, gerd]
    assert [event.standing_of(one) for one in people] == [
        Standing.OUTSIDER,
        Standing.ATTENDEE,
        Standing.ORGANISER,
        Standing.ORGANISER,
    ]
    for person in people:
        standing = event.standing_of(person)
        assert (standing == Standing.ORGANISER) == event.is_run_by(person)
        assert (standing != Standing.OUTSIDER) == event.is_entered_by(person)


def test_pages_of_two_people_are_their_own(
    event: Event, keynote: Session, aylin: Person, gerd: Person, katrin: Person
) -> None:
    """Each has their own name, token, news and tools, and nothing of the other's."""
    for person in (aylin, gerd, katrin):
        keynote.enter(person)
    keynote.room.post(katrin, "@Gerd Hoffmann, kommen Sie mit?", uuid4())
    seen = []
    for person in (aylin, gerd, katrin):
        client = Client()
        client.force_login(person)
        seen.append(client.get(keynote.get_absolute_url()).text)
    tokens = [set(re.findall(r'csrfmiddlewaretoken" value="(\w+)"', text)) for text in seen]
    assert all(tokens)
    assert not tokens[0] & tokens[1]
    assert [person.email in text for person in (aylin, gerd) for text in seen] == [
        *(True, False, False),
        *(False, True, False),
    ]
    assert ["<chat-keeping" in text for text in seen] == [False, False, True]
    assert [re.search(r'bell__number">(\d+)', text)[1] for text in seen] == ["0", "1", "0"]  # type: ignore[index]
    assert ["data-own" in text.split("composer")[0] for text in seen] == [False, False, True]
