"""A place that is waited for, offered and swapped: by keyboard, on a small phone, without
JavaScript."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from conference.models import Event, Forum, Person, Registration, Session, Slot
from tests.browser.conftest import Trouble

NewPage = Callable[..., Page]


@pytest.fixture
def rounds(event: Event, forum: Forum, now: datetime) -> list[Slot]:
    """The forum in two rounds next week, with a single place in each."""
    event.ends_at = now + timedelta(days=9)
    event.save()
    slots = []
    for number in (1, 2):
        starts_at = now + timedelta(days=6 + number)
        round_ = Session.objects.create(
            event=event,
            slug=f"runde-{number}",
            kind=Session.Kind.ROUND,
            title=f"Foren, Runde {number}",
            starts_at=starts_at,
            ends_at=starts_at + timedelta(hours=2),
        )
        slots.append(Slot.objects.create(forum=forum, round=round_, capacity=1))
    return slots


def of(person: Person) -> Registration:
    return Registration.objects.select_related("person", "event").get(person=person)


def press(page: Page, name: str) -> None:
    """By keyboard alone."""
    button = page.get_by_role("button", name=name).first
    for _step in range(60):
        page.keyboard.press("Tab")
        if button.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")


def test_somebody_waits_for_a_better_place_and_swaps_by_keyboard(
    new_page: NewPage,
    rounds: list[Slot],
    aylin: Person,
    gerd: Person,
    axe: Callable[[Page], list[str]],
    trouble: Trouble,
) -> None:
    trouble.allow("favicon.ico")
    first, second = rounds
    first.book(of(gerd))
    second.book(of(aylin))
    page = new_page(aylin, viewport={"width": 320, "height": 640})
    page.goto(first.forum.get_absolute_url())
    press(page, "Auf die Warteliste")
    expect(page.get_by_text("Sie stehen auf Platz 1 der Warteliste.")).to_be_visible()
    assert axe(page) == []
    first.release(of(gerd))
    page.goto(reverse("registration", args=[first.forum.event.slug]))
    expect(page.get_by_text("Ein Platz ist für Sie frei.")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    press(page, "Platz annehmen")
    expect(page.get_by_text("Sie haben einen Platz.")).to_be_visible()
    assert [place.slot for place in of(aylin).places.all()] == [first]


def test_free_places_are_counted_while_one_looks(
    new_page: NewPage, rounds: list[Slot], aylin: Person, gerd: Person, trouble: Trouble
) -> None:
    trouble.allow("favicon.ico")
    page = new_page(aylin)
    page.goto(rounds[0].forum.get_absolute_url())
    expect(page.get_by_text("1 von 1 Plätzen frei")).to_have_count(2)
    rounds[0].book(of(gerd))
    expect(page.get_by_text("Alle Plätze sind vergeben")).to_be_visible(timeout=25_000)


def test_a_place_is_taken_and_waited_for_without_javascript(
    new_page: NewPage, rounds: list[Slot], aylin: Person, gerd: Person, trouble: Trouble
) -> None:
    trouble.allow("favicon.ico")
    trouble.allow("status of 409")
    page = new_page(aylin, java_script_enabled=False)
    page.goto(rounds[0].forum.get_absolute_url())
    rounds[0].book(of(gerd))
    page.get_by_role("button", name="Platz nehmen").first.click()
    expect(page.get_by_text("In diesem Forum sind alle Plätze vergeben.")).to_be_visible()
    page.get_by_role("button", name="Auf die Warteliste").first.click()
    expect(page.get_by_text("Sie stehen auf Platz 1 der Warteliste.")).to_be_visible()
