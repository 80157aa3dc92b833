from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from django.urls import reverse
from playwright.sync_api import Page, expect

from chat import clock
from conference.models import Event, Person, Place, Session, Slot
from tests.browser.conftest import Trouble

NewPage = Callable[..., Page]


def test_a_place_is_taken_and_given_back_by_keyboard_alone(
    new_page: NewPage, slot: Slot, aylin: Person, trouble: Trouble
) -> None:
    trouble.allow("favicon.ico")
    page = new_page(aylin)
    page.goto(slot.forum.get_absolute_url())
    take = page.get_by_role("button", name="Platz nehmen")
    for _step in range(40):
        page.keyboard.press("Tab")
        if take.evaluate("button => button === document.activeElement"):
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("Sie haben hier einen Platz.")).to_be_visible()
    assert Place.objects.get().slot == slot
    back = page.get_by_role("button", name="Platz zurückgeben")
    back.focus()
    page.keyboard.press("Enter")
    expect(take).to_be_visible()
    assert Place.objects.count() == 0


def test_an_outsider_sees_why_the_room_is_shut(
    new_page: NewPage, slot: Slot, olga: Person, trouble: Trouble
) -> None:
    trouble.allow("status of 403")
    page = new_page(olga)
    page.goto(slot.get_absolute_url())
    expect(page.get_by_role("heading", name="Dieser Raum ist für Personen")).to_be_visible()
    expect(page.get_by_role("link", name="Zur Veranstaltung anmelden")).to_be_visible()


def test_pages_of_the_programme_are_accessible_and_fit_a_small_phone(
    new_page: NewPage, slot: Slot, aylin: Person, axe: Callable[[Page], list[str]]
) -> None:
    event = slot.forum.event
    page = new_page(aylin, viewport={"width": 320, "height": 640})
    for path in [
        *(reverse(name, args=[event.slug]) for name in ["programme", "forums", "foyer"]),
        *(row.get_absolute_url() for row in [slot.round, slot.forum]),
    ]:
        page.goto(path)
        assert (path, axe(page)) == (path, [])
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_times_are_shown_in_the_readers_zone_too(
    new_page: NewPage, event: Event, now: datetime
) -> None:
    session = Session.objects.create(
        event=event,
        slug="gespraech",
        kind=Session.Kind.DIALOGUE,
        title="Gespräch",
        starts_at=datetime(2026, 7, 15, 7, tzinfo=UTC),
        ends_at=datetime(2026, 7, 15, 8, tzinfo=UTC),
    )
    here, away = new_page(timezone_id="Europe/Berlin"), new_page(timezone_id="Asia/Tokyo")
    for page in (here, away):
        page.goto(session.get_absolute_url())
        expect(page.get_by_text("09:00")).to_be_visible()
    expect(here.locator(".time__own")).to_have_count(0)
    expect(away.locator(".time__own")).to_contain_text("16:00")


def test_the_administration_keeps_to_the_csp(
    new_page: NewPage, slot: Slot, katrin: Person
) -> None:
    page = new_page(katrin)
    page.goto(reverse("admin:conference_forum_change", args=[slot.forum.pk]))
    expect(page.get_by_role("heading", name=str(slot.forum), exact=True)).to_be_visible()


def test_the_waiting_page_opens_by_itself(new_page: NewPage, slot: Slot, aylin: Person) -> None:
    slot.round.starts_at = clock.now() + timedelta(minutes=10, seconds=5)
    slot.round.save()
    slot.book(aylin.registrations.get())
    page = new_page(aylin)
    page.goto(slot.get_absolute_url())
    expect(page.get_by_role("heading", name="Der Raum ist noch geschlossen.")).to_be_visible()
    expect(page.locator("#raum")).to_be_visible(timeout=25_000)
