import socket
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.management import CommandError, call_command
from pytest_django import Settings

from chat import clock
from conference.management.commands import demo
from conference.management.commands.demo import Moment
from conference.models import Event, Recording, Session

BERLIN = ZoneInfo("Europe/Berlin")


@pytest.fixture(autouse=True)
def ground(tmp_path: Path, settings: Settings, monkeypatch: pytest.MonkeyPatch) -> None:
    """A state of its own, and a clock that is put back afterwards."""
    settings.CLOCK_SHIFT = timedelta()
    settings.SITE_URL = settings.SITE_URL
    monkeypatch.setenv("CLOCK_SHIFT", "0")
    monkeypatch.setattr(demo, "STATE", tmp_path / "demo.json")
    monkeypatch.setattr(demo, "load", three_days_in_july)


def three_days_in_july() -> None:
    event = Event.objects.create(
        slug=demo.REFERENCE,
        title="Fachtag",
        starts_at=datetime(2020, 7, 15, 9, tzinfo=BERLIN),
        ends_at=datetime(2020, 7, 17, 16, tzinfo=BERLIN),
        registration_closes_at=datetime(2020, 7, 5, 23, 59, tzinfo=BERLIN),
    )
    Session.objects.create(
        event=event,
        slug="gruss",
        title="Grußwort",
        kind=Session.Kind.GREETING,
        starts_at=event.at(2, 10),
        ends_at=event.at(2, 10, 15),
    )
    Recording.objects.create(
        event=event, slug="dialog", title="Dialog", available_from=event.at(1, 9)
    )
    for slug, year in ("frueher", 2019), ("spaeter", 2021):
        Event.objects.create(
            slug=slug,
            title=slug,
            starts_at=datetime(year, 5, 8, 9, tzinfo=BERLIN),
            ends_at=datetime(year, 5, 8, 16, tzinfo=BERLIN),
        )


def local(moment: datetime) -> str:
    return f"{moment.astimezone(BERLIN):%Y-%m-%d %H:%M}"


def reference() -> Event:
    return Event.objects.get(slug=demo.REFERENCE)


# -- the grammar of moments


@pytest.mark.parametrize(
    ("text", "moment"),
    [
        ("day1 9:05", Moment(1, time(9, 5))),
        ("day2 10:15", Moment(2, time(10, 15))),
        (" Day 3  14:00 ", Moment(3, time(14))),
        ("day0 0:00", Moment(0, time(0))),
        ("day-30 23:59", Moment(-30, time(23, 59))),
        ("Registration", Moment(-12, time(10, 15))),
    ],
)
def test_a_moment_is_a_day_and_a_time(text: str, moment: Moment) -> None:
    assert Moment.parse(text) == moment
    assert Moment.parse(str(moment)) == moment


@pytest.mark.parametrize(
    "text", ["tomorrow", "day2", "10:15", "day2 24:00", "day2 9:60", "day2 9.30", "day2 9:30 x"]
)
def test_anything_else_is_answered_with_examples(text: str) -> None:
    with pytest.raises(CommandError) as refused:
        call_command("demo", moment=text, port="0", prepare=True)
    sentence = str(refused.value)
    assert sentence.startswith(f"MOMENT={text!r} is no moment of the event.")
    assert 'MOMENT="day2 10:15"' in sentence


# -- the event's days and the clock


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 24, 13, 0, tzinfo=UTC), tick=False)
def test_at_first_it_is_the_morning_of_the_first_day() -> None:
    demo.turn_to(None)
    event = reference()
    assert local(clock.now()) == "2026-11-24 10:40"
    assert local(event.starts_at) == "2026-11-24 09:00"
    assert local(event.ends_at) == "2026-11-26 16:00"
    assert local(event.registration_closes_at) == "2026-11-14 23:59"
    assert local(event.sessions.get().starts_at) == "2026-11-25 10:00"
    assert local(event.sessions.get().ends_at) == "2026-11-25 10:15"
    assert local(event.recordings.get().available_from) == "2026-11-24 09:00"


@pytest.mark.django_db
@time_machine.travel(datetime(2026, 11, 24, 13, 0, tzinfo=UTC), tick=False)
def test_a_moment_can_be_chosen_again_and_again() -> None:
    for text, first, now in [
        ("day2 10:15", "2026-11-23 09:00", "2026-11-24 10:15"),
        ("day3 14:00", "2026-11-22 09:00", "2026-11-24 14:00"),
        ("day0 8:00", "2026-11-25 09:00", "2026-11-24 08:00"),
    ]:
        demo.turn_to(Moment.parse(text))
        assert (local(reference().starts_at), local(clock.now())) == (first, now)


@pytest.mark.django_db
def test_earlier_events_stay_and_later_ones_move_along() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 13, 0, tzinfo=UTC), tick=False):
        demo.turn_to(None)
    days = date(2026, 11, 24) - date(2020, 7, 15)
    assert local(Event.objects.get(slug="frueher").starts_at) == "2019-05-08 09:00"
    later = Event.objects.get(slug="spaeter").starts_at
    assert later.astimezone(BERLIN).date() == date(2021, 5, 8) + days
    assert later.astimezone(BERLIN).time() == time(9)


@pytest.mark.django_db
def test_the_next_start_goes_on_where_the_clock_is() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 13, 0, tzinfo=UTC), tick=False):
        demo.turn_to(Moment.parse("day2 10:15"))
    with time_machine.travel(datetime(2026, 11, 24, 15, 30, tzinfo=UTC), tick=False):
        demo.turn_to(None)
        assert local(clock.now()) == "2026-11-24 12:45"
        assert local(reference().starts_at) == "2026-11-23 09:00"


@pytest.mark.django_db
def test_days_later_the_event_moves_to_the_last_choice() -> None:
    with time_machine.travel(datetime(2026, 11, 24, 13, 0, tzinfo=UTC), tick=False):
        demo.turn_to(Moment.parse("day2 10:15"))
    with time_machine.travel(datetime(2026, 12, 24, 7, 0, tzinfo=UTC), tick=False):
        demo.turn_to(None)
        assert local(clock.now()) == "2026-12-24 10:15"
        assert local(reference().starts_at) == "2026-12-23 09:00"


@pytest.mark.django_db
@pytest.mark.parametrize("hour", [22, 23])  # UTC: before and after midnight in Berlin
def test_around_midnight_today_is_the_day_of_the_events_zone(hour: int) -> None:
    with time_machine.travel(datetime(2026, 7, 31, hour, 30, tzinfo=UTC), tick=False):
        demo.turn_to(Moment.parse("day1 0:05"))
        assert local(clock.now()) == "2026-08-01 00:05"
        assert local(reference().starts_at) == "2026-08-01 09:00"


@pytest.mark.django_db
def test_hours_stay_when_the_clocks_change_within_the_event() -> None:
    # Summer time ends on 25 October 2026, the event's second day.
    with time_machine.travel(datetime(2026, 10, 24, 12, 0, tzinfo=UTC), tick=False):
        demo.turn_to(None)
    event = reference()
    assert local(event.starts_at) == "2026-10-24 09:00"
    assert event.starts_at.astimezone(UTC).hour == 7
    assert local(event.ends_at) == "2026-10-26 16:00"
    assert event.ends_at.astimezone(UTC).hour == 15


@pytest.mark.django_db
def test_there_and_back_again_nothing_has_changed() -> None:
    three_days_in_july()
    event = reference()
    before = (event.starts_at, event.ends_at, event.sessions.get().starts_at)
    event.move(100)
    event.move(-100)
    event = reference()
    assert (event.starts_at, event.ends_at, event.sessions.get().starts_at) == before


# -- the door


def test_a_busy_port_is_told_in_a_sentence() -> None:
    with socket.socket() as busy:
        busy.bind(("127.0.0.1", 0))
        busy.listen()
        port = busy.getsockname()[1]
        with pytest.raises(CommandError, match=f"Port {port} cannot be opened"):
            call_command("demo", port=str(port), prepare=True)


@pytest.mark.parametrize("port", ["", "eight", "70000"])
def test_what_is_no_port_is_told_in_a_sentence(port: str) -> None:
    with pytest.raises(CommandError, match=f"PORT={port} is no port"):
        call_command("demo", port=port, prepare=True)


def test_without_demo_it_does_not_start(settings: Settings) -> None:
    settings.DEMO = False
    with pytest.raises(CommandError, match="DEMO=1"):
        call_command("demo", prepare=True)


def test_all_entrances_are_printed() -> None:
    text = demo.entrances("http://127.0.0.1:8000")
    for role in ["attendee", "lead", "moderator", "organiser"]:
        assert f" http://127.0.0.1:8000/demo/eintreten/{role}/\n" in text
