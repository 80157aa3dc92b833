from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conference.models import Event, Person


@pytest.fixture(autouse=True)
def _in_the_demo(settings: Any) -> None:
    settings.DEMO = True


@pytest.fixture
def aylin(aylin: Person) -> Person:
    """With the address that the demo knows her by."""
    aylin.email = "aylin.yilmaz@example.org"
    aylin.save()
    return aylin


def test_one_click_and_in(event: Event, aylin: Person, client: Client) -> None:
    response = client.get(reverse("demo_enter", args=["attendee"]))
    assert response.url == event.entrance_path
    assert client.session["_auth_user_id"] == str(aylin.pk)


def test_an_entrance_leads_where_it_is_told_but_not_elsewhere(
    event: Event, aylin: Person, client: Client
) -> None:
    path = reverse("demo_enter", args=["attendee"])
    assert client.get(f"{path}?next=/verwaltung/").url == "/verwaltung/"
    assert client.get(f"{path}?next=//evil.example/").url != "//evil.example/"


def test_unknown_roles_and_people_are_not_found(client: Client, db: Any) -> None:
    assert client.get(reverse("demo_enter", args=["minister"])).status_code == 404
    assert client.get(reverse("demo_enter", args=["attendee"])).status_code == 404


def test_the_overview_lists_whom_one_can_be(aylin: Person, client: Client) -> None:
    page = client.get(reverse("demo")).text
    assert reverse("demo_enter", args=["attendee"]) in page
    assert reverse("demo_enter", args=["organiser"]) not in page


@pytest.mark.parametrize(
    ("name", "args"), [("demo", []), ("demo_enter", ["attendee"]), ("outbox", [])]
)
def test_outside_the_demo_none_of_it_exists(
    name: str, args: list[str], aylin: Person, client: Client, settings: Any
) -> None:
    settings.DEMO = False
    assert client.get(reverse(name, args=args)).status_code == 404
    assert "_auth_user_id" not in client.session
