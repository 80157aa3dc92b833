"""The check beforehand: words for each result, kept only if the person agrees."""

import re

import pytest
from django.test import Client
from django.urls import reverse

from conference.models import Event, Person, TechCheck

FINE = {"sound": "yes", "video": "yes", "live": "socket", "browser": "good"}


@pytest.fixture
def path(event: Event) -> str:
    return reverse("tech_check", args=[event.slug])


def results(text: str) -> dict[str, str]:
    """Each result's kind by its name."""
    found = re.findall(r'<li(?: class="(is-\w+)")?><strong>(.+?):</strong>', text)
    return {name: kind for kind, name in found}


@pytest.mark.parametrize(
    ("answers", "heading", "kinds"),
    [
        (FINE, "Alles bereit: Sie können kommen", ["is-fine"] * 4),
        (
            FINE | {"live": "polling"},
            "Alles bereit: Sie können kommen",
            ["is-fine"] * 4,
        ),
        (
            FINE | {"sound": "no", "live": "none"},
            "Ihr Ergebnis",
            ["is-trouble", "is-fine", "is-trouble", "is-fine"],
        ),
        ({}, "Ihr Ergebnis", [""] * 4),
    ],
)
def test_each_result_comes_in_words(
    answers: dict[str, str], heading: str, kinds: list[str], path: str, client: Client
) -> None:
    text = client.post(path, answers).text
    assert heading in text
    assert list(results(text)) == ["Ton", "Video", "Live-Verbindung", "Browser"]
    assert list(results(text).values()) == kinds
    assert not TechCheck.objects.exists()


def test_who_agrees_is_counted_once_by_the_last_result(
    path: str, client: Client, aylin: Person
) -> None:
    client.post(path, FINE | {"sound": "no", "agrees": "on"})
    client.force_login(aylin)
    client.post(path, FINE | {"video": "no", "agrees": "on"})
    client.post(path, FINE | {"agrees": "on"})
    checks = TechCheck.objects.order_by("pk")
    assert [(one.person, one.sound, one.video) for one in checks] == [
        (None, "no", "yes"),
        (aylin, "yes", "yes"),
    ]
    assert TechCheck.objects.with_trouble().count() == 1


def test_odd_results_are_refused(path: str, client: Client) -> None:
    response = client.post(path, {"sound": "maybe", "agrees": "on"})
    assert response.status_code == 422
    assert not TechCheck.objects.exists()


def test_a_flood_is_not_kept(
    path: str, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("conference.views.tech_checks.CHECKS", 2)
    codes = [client.post(path, FINE | {"agrees": "on"}).status_code for _time in range(3)]
    assert codes == [200, 200, 429]
    assert TechCheck.objects.count() == 2


def test_it_stands_open_to_all_who_see_the_event(
    event: Event, path: str, client: Client
) -> None:
    assert client.get(path).status_code == 200
    assert f'href="{path}"' in client.get(event.get_absolute_url()).text
    Event.objects.update(published_at=None)
    assert client.get(path).status_code == 404
