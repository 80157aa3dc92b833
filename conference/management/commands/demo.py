"""Bring the reference event up on this machine, at a moment of one's choice."""

import json
import os
import re
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime, time, timedelta
from threading import Thread
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from daphne.endpoints import build_endpoint_description_strings
from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import (
    BaseCommand,
    CommandError,
    CommandParser,
    call_command,
    get_commands,
)
from django.db.models import F
from django.urls import reverse
from django.utils import timezone, translation

from chat import clock
from chat.server import Server
from conference.models import Event, Premiere
from conference.views.demo import ROLES

REFERENCE = "fachtag-quartier-2020"
REGISTERED = ["consented_at", "registered_at", "confirmed_at"]
LOADERS = ["demo_data", "demo_stands", "demo_recordings"]  # in this order, each idempotent
STATE = settings.VAR_DIR / "demo.json"


class Moment(NamedTuple):
    """A time of day on the event's n-th day; 1 is its first, 0 the day before."""

    day: int
    time: time

    @classmethod
    def parse(cls, text: str) -> "Moment":
        """From ``day2 10:15`` or a name; raises ``ValueError`` with a sentence."""
        if text.strip().lower() in NAMED:
            return NAMED[text.strip().lower()]
        match = re.fullmatch(r"\s*day\s*(-?\d{1,3})\s+(\d{1,2}):(\d{2})\s*", text.lower())
        try:
            day, hour, minute = map(int, match.groups() if match else ())
            return cls(day, time(hour, minute))
        except ValueError:
            raise ValueError(
                f"MOMENT={text!r} is no moment of the event. Write its day and the time, for "
                'example MOMENT="day1 9:05", MOMENT="day2 10:15" or MOMENT="day3 14:00"; '
                "day0 is the day before, day-30 a month before, day10 a week after; "
                'MOMENT="registration" is the time when places fill, MOMENT="premiere" shortly '
                "before the minister's greeting."
            ) from None

    def __str__(self) -> str:
        return f"day{self.day} {self.time:%-H:%M}"


DEFAULT = Moment(1, time(10, 40))
NAMED = {
    "registration": Moment(-12, time(10, 15)),
    "premiere": Moment(2, time(9, 28)),  # two minutes before the greeting
}


class Command(BaseCommand):
    help = "Migrates, loads the reference event once, moves it to now and serves it."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--moment", default="", help='for example "day2 10:15"')
        parser.add_argument("--port", default="8000")
        parser.add_argument("--prepare", action="store_true", help="do not start the server")

    def handle(self, *, moment: str, port: str, prepare: bool, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo runs with DEMO=1 only; start it with: make demo")
        address = f"http://127.0.0.1:{free_port(port)}"
        settings.SITE_URL = address
        try:
            chosen = Moment.parse(moment) if moment else None
        except ValueError as error:
            raise CommandError(str(error)) from None
        call_command("migrate", verbosity=0)
        turn_to(chosen)
        collect_static()
        if not prepare:
            serve(int(port), lambda: self.stdout.write(entrances(address)))


def free_port(text: str) -> int:
    try:
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", int(text)))
    except (ValueError, OverflowError):
        raise CommandError(f"PORT={text} is no port. Take a number like 8001.") from None
    except OSError:
        raise CommandError(
            f"Port {text} cannot be opened; perhaps something is running there already. "
            "Choose another one, for example: make demo PORT=8001"
        ) from None
    return int(text)


# -- time


def turn_to(chosen: Moment | None) -> None:
    """Load the event where it is missing; move it and turn the clock where that is due.

    Without a choice the last one goes on for as long as now lies within the event's days.
    """
    state = json.loads(STATE.read_text()) if STATE.exists() else {}
    event = Event.objects.filter(slug=REFERENCE).first()
    if event and "shift" in state and not chosen:
        turn_clock(timedelta(seconds=state["shift"]))
        if is_in_days_of(event):
            return
    chosen = chosen or Moment.parse(state.get("moment", str(DEFAULT)))
    zone = event.zone if event else ZoneInfo(settings.TIME_ZONE)
    today = timezone.now().astimezone(zone).date()
    turn_clock(datetime.combine(today, chosen.time, zone) - timezone.now())
    if event is None or "shift" not in state:
        load()
        event = Event.objects.filter(slug=REFERENCE).first()
    if event:
        move(event, today - timedelta(days=chosen.day - 1))
        # What ran in an earlier demonstration is still to come in this one.
        for premiere in Premiere.objects.filter(session__starts_at__gt=clock.now()):
            premiere.rewind()
    state = {"moment": str(chosen), "shift": settings.CLOCK_SHIFT.total_seconds()}
    STATE.write_text(json.dumps(state))


def turn_clock(shift: timedelta) -> None:
    """For this process and for those that it starts."""
    settings.CLOCK_SHIFT = shift
    os.environ["CLOCK_SHIFT"] = str(shift.total_seconds())


def is_in_days_of(event: Event) -> bool:
    first, last = (at.astimezone(event.zone).date() for at in (event.starts_at, event.ends_at))
    return first <= clock.now().astimezone(event.zone).date() <= last


def load() -> None:
    for command in LOADERS:
        if command in get_commands():
            call_command(command)
    # Who was enrolled just now, too late for the event as it is loaded, came in time.
    for event in Event.objects.filter(slug=REFERENCE):
        opened, closes = event.registration_opens_at, event.registration_closes_at
        enrolled = event.registrations.filter(registered_at__gt=closes or event.starts_at)
        enrolled.update(registered_at=opened, confirmed_at=opened)


def move(event: Event, first: date) -> None:
    """To begin on this day; later events go along, earlier ones stay in the past.

    So do registrations, which lie as many days before the event as they did.
    """
    days = (first - event.starts_at.astimezone(event.zone).date()).days
    if days:
        for other in Event.objects.filter(starts_at__gte=event.starts_at):
            other.move(days)
            shift = {field: F(field) + timedelta(days=days) for field in REGISTERED}
            other.registrations.update(**shift)


# -- the rest


def collect_static() -> None:
    """Only when something changed: hashing and compressing takes its seconds."""
    manifest = settings.STATIC_ROOT / "staticfiles.json"
    made_at = manifest.stat().st_mtime if manifest.exists() else 0
    sources = (
        storage.path(path) for finder in get_finders() for path, storage in finder.list([])
    )
    if any(os.path.getmtime(source) > made_at for source in sources):
        call_command("collectstatic", interactive=False, verbosity=0)


def entrances(address: str) -> str:
    with translation.override("en"):
        lines = [
            f"  {title!s:<17} {address}{reverse('demo_enter', args=[role])}"
            for role, (_email, title) in ROLES.items()
        ]
        moment = f"{clock.now().astimezone(ZoneInfo(settings.TIME_ZONE)):%A, %H:%M}"
    return "\n".join(
        [
            "",
            f"Fachtag is up; the event's clock says {moment}.",
            "",
            f"  Start page        {address}/",
            *lines,
            f"  Mails             {address}{reverse('outbox')}",
            "",
            "Open each entrance in a browser window of its own. Ctrl+C ends the demo.",
        ]
    )


def serve(port: int, when_ready: Callable[[], None]) -> None:
    from twisted.internet import reactor

    from conference.asgi import application

    # Daphne's own ready_callable comes before Ctrl+C is heard.
    reactor.callWhenRunning(when_ready)
    endpoints = build_endpoint_description_strings(host="127.0.0.1", port=port)
    with working():
        Server(application, endpoints=endpoints).run()


@contextmanager
def working() -> Iterator[None]:
    """With two workers in threads, which end with this process, however that ends."""
    from conference.tasks import FILMS
    from conference.worker import Worker

    workers = [Worker(queues=["default"], interval=0.5), Worker(queues=[FILMS], interval=0.5)]
    threads = [Thread(target=worker.run, daemon=True) for worker in workers]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        for worker in workers:
            worker.stop()
        for thread in threads:
            thread.join(timeout=2)
