import html
import re
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from conference.models import Event, Person
from conference.templatetags.shared import KEPT
from marketplace.models import Lead, Offer, Stand
from tests.marketplace.conftest import Add, arrive


def path(event: Event) -> str:
    return reverse("market:index", args=[event.slug])


def titles(client: Client, event: Event, **query: str) -> list[str]:
    response = client.get(path(event), query)
    assert response.status_code == 200
    found = re.findall(r'stand-card__title"><a href="[^"]*">([^<]*)', response.text)
    return [html.unescape(title) for title in found]


def count(client: Client, event: Event, **query: str) -> str:
    text = client.get(path(event), query).text
    return re.search(r'id="anzahl"[^>]*>([^<]*)', text)[1]  # type: ignore[index]


# -- the door


def test_everyone_strolls_over_an_open_market(client: Client, stand: Stand) -> None:
    assert titles(client, stand.event) == ["Dorfladen Obertal"]


def test_a_shut_market_says_when_it_opens(client: Client, stand: Stand, jonas: Person) -> None:
    event = stand.event
    event.market_opens_at = datetime.fromisoformat("2099-07-15T09:00+02:00")
    event.save()
    text = client.get(path(event)).text
    assert "Der Markt öffnet am Mittwoch, 15. Juli 2099 um 09:00 Uhr." in text
    assert "Dorfladen" not in text
    assert client.get(stand.get_absolute_url()).templates[0].name == "marketplace/shut.html"
    client.force_login(jonas)
    assert reverse("market:mine", args=[event.slug]) in client.get(path(event)).text
    assert client.get(stand.get_absolute_url()).templates[0].name == "marketplace/stand.html"


def test_organisers_see_the_market_before_it_opens(
    client: Client, stand: Stand, katrin: Person
) -> None:
    event = stand.event
    event.market_opens_at = None
    event.save()
    client.force_login(katrin)
    assert titles(client, event) == ["Dorfladen Obertal"]
    assert "Der Markt ist noch nicht geöffnet" in client.get(path(event)).text


def test_a_stand_that_is_not_published_is_for_its_leads_and_the_organisers(
    client: Client, stand: Stand, aylin: Person, jonas: Person, katrin: Person
) -> None:
    Stand.objects.update(published_at=None)
    for person, seen in [(aylin, []), (jonas, [stand.title]), (katrin, [stand.title])]:
        client.force_login(person)
        assert titles(client, stand.event) == seen
        assert client.get(stand.get_absolute_url()).status_code == (200 if seen else 404)


def test_the_market_of_an_event_that_is_not_published_is_not_found(
    client: Client, stand: Stand, katrin: Person
) -> None:
    Event.objects.update(published_at=None)
    addresses = [path(stand.event), stand.get_absolute_url()]
    assert [client.get(address).status_code for address in addresses] == [404, 404]
    client.force_login(katrin)
    assert [client.get(address).status_code for address in addresses] == [200, 200]


# -- finding


def test_filters_narrow_the_market_and_say_how_far(
    client: Client, stand: Stand, offer: Offer, add: Add
) -> None:
    add("Nähcafé", topic="vielfalt")
    add("Digitallotsen", topic="vielfalt", district="Heilbronn", summary="Hilfe am Handy")
    event = stand.event
    assert len(titles(client, event)) == 3
    assert titles(client, event, thema="vielfalt") == ["Digitallotsen", "Nähcafé"]
    assert titles(client, event, thema="vielfalt", kreis="Ulm") == ["Nähcafé"]
    assert titles(client, event, angebot="visit") == ["Dorfladen Obertal"]
    assert titles(client, event, suche="naehcafe") == ["Nähcafé"]
    assert count(client, event) == "3 Stände"
    assert count(client, event, suche="HANDY hilfe") == "1 Stand gefunden"
    assert count(client, event, suche="handy", kreis="Ulm") == "Kein Stand gefunden"


def test_chosen_filters_can_be_taken_away_one_by_one(
    client: Client, stand: Stand, add: Add
) -> None:
    response = client.get(path(stand.event), {"suche": "<b>&", "thema": "dorf"})
    assert response.context["stroll"].chosen == [
        ("Leben im Dorf", "suche=%3Cb%3E%26"),
        ("„<b>&“", "thema=dorf"),
    ]
    assert "Alle Stände anzeigen" in response.text


def test_where_a_lead_is_there_now_can_be_asked_for(
    client: Client, stand: Stand, jonas: Person, aylin: Person, add: Add, now: datetime
) -> None:
    add("Nähcafé")
    event = stand.event
    assert titles(client, event, besetzt="1") == []
    arrive(stand, aylin, now)
    assert titles(client, event, besetzt="1") == []
    assert "1 Gast" in client.get(path(event)).text
    arrive(stand, jonas, now)
    assert titles(client, event, besetzt="1") == ["Dorfladen Obertal"]
    assert "Ansprechperson ist da" in client.get(path(event)).text


def test_htmx_gets_the_part_that_changes_and_the_tidy_address(
    client: Client, stand: Stand
) -> None:
    ask = {"HX-Request": "true", "HX-Source": "form#filter", "HX-Target": "section#ergebnis"}
    address = path(stand.event)
    query = {"suche": "dorf", "thema": "", "kreis": "", "unsinn": "1"}
    response = client.get(address, query, headers=ask)
    assert response["HX-Push-Url"] == f"{address}?suche=dorf"
    assert ("<form" in response.text, "<section" in response.text) == (False, True)
    whole = client.get(address, headers=ask | {"HX-Source": "a", "HX-Target": "div#markt"})
    assert whole["HX-Push-Url"] == address
    assert ("<form" in whole.text, "autofocus" in whole.text) == (True, True)
    again = client.get(address, headers=ask | {"HX-Source": "section#ergebnis"})
    assert "HX-Push-Url" not in again


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    st.dictionaries(
        st.sampled_from(["suche", "thema", "kreis", "angebot", "besetzt", "seite"]), st.text()
    )
)
def test_nobody_can_ask_so_that_the_market_fails(
    client: Client, stand: Stand, query: dict[str, str]
) -> None:
    response = client.get(f"{path(stand.event)}?{urlencode(query, errors='surrogatepass')}")
    assert response.status_code == 200


@pytest.mark.parametrize("number", [1, 3])
def test_the_market_asks_as_often_for_one_stand_as_for_three(
    client: Client,
    stand: Stand,
    offer: Offer,
    aylin: Person,
    add: Add,
    now: datetime,
    number: int,
    django_assert_num_queries: Any,
) -> None:
    for extra in range(number - 1):
        other = add(f"Stand {extra}")
        Offer.objects.create(stand=other, kind="advice", title="Rat")
        Lead.objects.create(stand=other, person=aylin)
        arrive(other, aylin, now)
    headers = {"HX-Request": "true", "HX-Target": "div#markt"}
    with django_assert_num_queries(6):
        client.get(path(stand.event), headers=headers)


# -- a stand


def test_the_registered_talk_at_a_stand_and_strangers_learn_how(
    client: Client, stand: Stand, aylin: Person, olga: Person
) -> None:
    way_in = reverse("register", args=[stand.event.slug])
    for person, may in [(None, False), (olga, False), (aylin, True)]:
        if person:
            client.force_login(person)
        response = client.get(stand.get_absolute_url())
        assert response.status_code == 200
        assert (way_in not in response.text) == may
    assert [one.person for one in stand.room.memberships.all()] == [aylin]


def test_leads_keep_the_room_and_organisers_run_it(
    client: Client, stand: Stand, jonas: Person, katrin: Person, aylin: Person
) -> None:
    roles = {person: stand.enter(person).role for person in (jonas, katrin, aylin)}
    assert roles == {jonas: "host", katrin: "moderator", aylin: "member"}


def test_a_lead_is_appointed_and_dismissed(stand: Stand, olga: Person) -> None:
    stand.appoint(olga, "Vorstand")
    stand.appoint(olga, "Vorsitz")
    assert [(lead.person, lead.function) for lead in stand.leads.all()] == [(olga, "Vorsitz")]
    assert stand.room.memberships.get().role == "host"
    assert stand.event.is_entered_by(olga) is True
    stand.dismiss(olga)
    assert (stand.leads.count(), stand.room.memberships.count()) == (0, 0)
    assert Stand.objects.get().enter(olga).role == "member"


def test_a_stand_says_who_is_here(
    client: Client, stand: Stand, jonas: Person, aylin: Person, now: datetime
) -> None:
    arrive(stand, jonas, now)
    arrive(stand, aylin, now)
    text = client.get(stand.get_absolute_url()).text
    assert ("ist gerade da</span>" in text, "1 Gast ist gerade da." in text) == (True, True)


def test_the_stroll_goes_round_by_topic_and_keeps_what_was_looked_for(
    client: Client, stand: Stand, add: Add
) -> None:
    last = add("Zuletzt", topic="vielfalt")
    last.topic.position = 9
    last.topic.save()
    second = add("Zweiter", position=2)

    def around(stand: Stand, **query: str) -> list[str]:
        text = client.get(stand.get_absolute_url(), query).text
        return re.findall(r'stroll__title">([^<]*)', text)

    assert around(stand) == ["Zuletzt", "Zweiter"]
    assert around(last) == ["Zweiter", "Dorfladen Obertal"]
    assert around(second, thema="dorf") == ["Dorfladen Obertal", "Dorfladen Obertal"]
    assert around(last, thema="dorf") == ["Zweiter", "Dorfladen Obertal"]
    text = client.get(stand.get_absolute_url(), {"thema": "dorf"}).text
    assert f'href="{path(stand.event)}?thema=dorf"' in text
    assert f'href="{second.get_absolute_url()}?thema=dorf"' in text


def test_the_only_stand_has_no_neighbours(client: Client, stand: Stand) -> None:
    assert 'class="stroll"' not in client.get(stand.get_absolute_url()).text


def test_a_stand_asks_as_often_with_one_lead_as_with_three(
    client: Client, stand: Stand, add: Add
) -> None:
    def queries_after(*numbers: int) -> int:
        for number in numbers:
            add(f"Stand {number}")
            person = Person.objects.create_user(f"{number}@example.org", name=f"P {number}")
            stand.appoint(person)
            Offer.objects.create(stand=stand, kind="advice", title="Rat")
        with CaptureQueriesContext(connection) as queries:
            client.get(stand.get_absolute_url())
        return len(queries)

    assert queries_after(1) == queries_after(2, 3)


@pytest.mark.usefixtures("fragments")
def test_leads_see_their_changes_at_once_and_visitors_within_ten_seconds(
    client: Client, stand: Stand, jonas: Person, aylin: Person
) -> None:
    def is_seen_by(person: Person) -> bool:
        client.force_login(person)
        return "Neue Geschichte" in client.get(stand.get_absolute_url()).text

    with time_machine.travel(datetime.now().astimezone(), tick=False) as moment:
        assert (is_seen_by(jonas), is_seen_by(aylin)) == (False, False)
        Stand.objects.update(story="Neue Geschichte")
        assert (is_seen_by(jonas), is_seen_by(aylin)) == (True, False)
        moment.shift(KEPT)
        assert is_seen_by(aylin) is True


@pytest.mark.usefixtures("fragments")
def test_a_lead_does_not_lead_others_to_a_stand_that_is_not_published(
    client: Client, stand: Stand, gerd: Person, aylin: Person, add: Add
) -> None:
    add("Offen")
    secret = add("Geheim", published_at=None)
    secret.appoint(gerd)
    for person in (gerd, aylin):
        client.force_login(person)
        text = client.get(stand.get_absolute_url()).text
        assert set(re.findall(r'stroll__title">([^<]*)', text)) == {"Offen"}
    client.force_login(gerd)
    assert titles(client, stand.event) == ["Dorfladen Obertal", "Geheim", "Offen"]


@pytest.mark.usefixtures("fragments")
def test_the_market_is_made_once_for_all_but_its_leads(
    client: Client, stand: Stand, jonas: Person, aylin: Person, gerd: Person
) -> None:
    def seen(person: Person) -> tuple[list[str], int]:
        client.force_login(person)
        with CaptureQueriesContext(connection) as queries:
            found = titles(client, stand.event)
        return found, len(queries)

    (first, many), (second, few) = seen(aylin), seen(gerd)
    assert (first, second) == (["Dorfladen Obertal"], ["Dorfladen Obertal"])
    assert few < many
    Stand.objects.update(title="Dorfcafé")
    assert (seen(jonas)[0], seen(gerd)[0]) == (["Dorfcafé"], ["Dorfladen Obertal"])
    assert titles(client, stand.event, suche="dorf") == ["Dorfcafé"]
