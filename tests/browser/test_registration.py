"""As a new user would: from the start page through mail, place, waiting list to the
calendar file, by keyboard; and pages that turn by themselves.
"""

from collections.abc import Callable
from datetime import timedelta

import icalendar
import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from chat import clock
from conference.models import (
    Event,
    Forum,
    Interest,
    Person,
    Question,
    Registration,
    Session,
    Slot,
    TechCheck,
)
from tests.browser.conftest import Trouble
from tests.browser.test_entering import press, tab_to, tab_to_field


@pytest.fixture
def coming(event: Event, round_one: Session, slot: Slot) -> Event:
    """Ahead, open for registration, with a question; its forum's first round is full."""
    now = clock.now()
    Event.objects.update(starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=11))
    Session.objects.update(
        starts_at=now + timedelta(days=9), ends_at=now + timedelta(days=9, hours=2)
    )
    second = Session.objects.create(
        event=event,
        slug="foren-runde-2",
        kind=Session.Kind.ROUND,
        title="Foren, Runde 2",
        starts_at=now + timedelta(days=10),
        ends_at=now + timedelta(days=10, hours=2),
    )
    Slot.objects.create(forum=slot.forum, round=second, capacity=3)
    Slot.objects.filter(pk=slot.pk).update(capacity=1)
    slot.refresh_from_db()
    Question.objects.create(
        event=event,
        text="Wie groß ist Ihre Gemeinde?",
        kind=Question.Kind.CHOICE,
        choices="klein\ngroß",
        is_required=True,
    )
    event.refresh_from_db()
    return event


def test_a_newcomer_gets_from_the_start_page_to_a_place_and_a_calendar(
    coming: Event,
    slot: Slot,
    gerd: Person,
    worker: None,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
    trouble: Trouble,
) -> None:
    trouble.allow("status of 422")
    holder = gerd.registrations.get()
    slot.book(holder)
    page = new_page()
    page.goto("/")
    press(page, page.get_by_role("link", name="Jetzt anmelden"))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Zur Veranstaltung anmelden")
    tab_to_field(page, "Vor- und Nachname")
    page.keyboard.type("Maria Ölschläger")
    tab_to_field(page, "E-Mail-Adresse")
    page.keyboard.type(" Maria@Example.org")
    tab_to_field(page, "Kommune oder Landkreis")
    page.keyboard.type("Ortenaukreis")
    tab_to_field(page, "Ich brauche Untertitel")
    page.keyboard.press("Space")
    tab_to_field(page, "Ich bin einverstanden")
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    errors = page.get_by_role("group", name="Bitte sehen Sie sich das noch einmal an")
    expect(errors).to_be_focused()
    assert axe(page) == []
    press(page, errors.get_by_role("link", name="Bitte beantworten Sie diese Frage."))
    question = page.get_by_label("Wie groß ist Ihre Gemeinde?")
    expect(question).to_be_focused()
    page.keyboard.type("groß")
    expect(page.get_by_label("Kommune oder Landkreis")).to_have_value("Ortenaukreis")
    expect(page.get_by_label("Ich brauche Untertitel")).to_be_checked()
    press(page, page.get_by_role("button", name="Anmelden", exact=True))

    press(page, page.get_by_role("link", name="Zum Postausgang der Demo"))
    expect(heading).to_have_text("Postausgang der Demo")
    while not page.get_by_text("an maria@example.org").count():
        page.reload()  # a worker sends it
    press(page, page.get_by_role("article").first.get_by_role("link").first)
    expect(heading).to_have_text("Anmeldung bestätigen")
    press(page, page.get_by_role("button", name="Bestätigen und eintreten"))
    page.wait_for_url("**" + coming.entrance_path)
    registration = Registration.objects.get(person__email="maria@example.org")
    assert [str(answer) for answer in registration.answers.all()] == ["groß"]

    # A place in the round that has some, and a wait for the one that is full.
    press(page, page.get_by_role("link", name="Forum auswählen"))
    expect(heading).to_have_text("Foren")
    press(page, page.get_by_role("main").get_by_role("link", name=slot.forum.title).first)
    expect(heading).to_have_text(slot.forum.title)
    assert axe(page) == []
    press(page, page.get_by_role("button", name="Platz nehmen"))
    expect(page.get_by_text("Sie haben einen Platz").first).to_be_visible()
    press(page, page.get_by_role("button", name="Auf die Warteliste").first)
    expect(page.get_by_text("Sie stehen auf der Warteliste.").first).to_be_visible()

    # My event tells of both; a session goes into the programme; the calendar has it all.
    page.goto(reverse("session", args=[coming.slug, "foren-runde-1"]))
    press(page, page.get_by_role("button", name="In mein Programm"))
    expect(page.get_by_text("steht in Ihrem Programm")).to_be_visible()
    page.goto(reverse("registration", args=[coming.slug]))
    assert axe(page) == []
    expect(page.get_by_role("link", name="Foren, Runde 1")).to_be_visible()
    tab_to(page, page.get_by_role("link", name="Kalenderdatei"))
    with page.expect_download() as download:
        page.keyboard.press("Enter")
    calendar = icalendar.Calendar.from_ical(download.value.path().read_bytes())
    titles = sorted(str(entry["summary"]) for entry in calendar.events)
    assert titles == ["Foren, Runde 1", str(slot.forum)]


def test_a_page_that_waits_turns_when_registration_opens(
    coming: Event,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:
    Event.objects.update(registration_opens_at=clock.now() + timedelta(seconds=12))
    page = new_page()
    page.goto(coming.get_absolute_url())
    told = page.get_by_role("link", name="Zum Start der Anmeldung benachrichtigen")
    expect(told).to_be_visible()
    assert axe(page) == []
    expect(page.get_by_role("link", name="Jetzt anmelden").first).to_be_visible(timeout=20_000)
    expect(told).to_have_count(0)


def test_an_address_is_left_by_keyboard(
    coming: Event, new_page: Callable[..., Page], axe: Callable[[Page], list[str]]
) -> None:
    Event.objects.update(registration_opens_at=clock.now() + timedelta(days=1))
    page = new_page()
    page.goto("/")
    press(page, page.get_by_role("link", name="Zum Start der Anmeldung benachrichtigen"))
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_have_text("Zum Start der Anmeldung benachrichtigen")
    assert axe(page) == []
    tab_to_field(page, "E-Mail-Adresse")
    page.keyboard.type("maria@example.org")
    page.keyboard.press("Enter")
    expect(heading).to_have_text("Bitte sehen Sie in Ihr Postfach")
    assert Interest.objects.get().email == "maria@example.org"


@pytest.mark.parametrize("width", [1280, 320])
def test_equipment_is_checked_and_told_in_words(
    width: int,
    coming: Event,
    aylin: Person,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:
    page = new_page(aylin, viewport={"width": width, "height": 800})
    page.goto(reverse("tech_check", args=[coming.slug]))
    expect(page.get_by_text("Die Verbindung steht")).to_be_visible()
    expect(page.get_by_text("Ihr Browser ist aktuell genug.")).to_be_visible()
    page.locator("video").evaluate("video => { video.muted = true; return video.play() }")
    video = page.get_by_role("group", name="Sehen Sie die Sonne wandern?")
    expect(video.get_by_label("Ja")).to_be_checked()
    sound = page.get_by_role("group", name="Hören Sie die Töne?")
    tab_to(page, sound.get_by_label("Ja"))
    page.keyboard.press("Space")
    tab_to_field(page, "Das Veranstaltungsteam darf mein Ergebnis mitzählen.")
    page.keyboard.press("Space")
    assert axe(page) == []
    press(page, page.get_by_role("button", name="Ergebnis anzeigen"))
    expect(page.get_by_role("heading", name="Alles bereit")).to_be_visible()
    assert axe(page) == []
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    check = TechCheck.objects.get()
    assert (check.person, check.live, check.browser) == (aylin, "socket", "good")


def test_organisers_see_their_numbers(
    coming: Event,
    slot: Slot,
    aylin: Person,
    katrin: Person,
    forum: Forum,
    new_page: Callable[..., Page],
    axe: Callable[[Page], list[str]],
) -> None:
    for width in (1280, 320):
        page = new_page(katrin, viewport={"width": width, "height": 800})
        page.goto(reverse("figures", args=[coming.slug]))
        expect(page.locator(".plot__bar")).to_have_count(1)
        assert axe(page) == []
        assert page.evaluate("document.documentElement.scrollWidth") <= width
