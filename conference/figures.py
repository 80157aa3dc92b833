"""What organisers want to know in numbers: who comes, to which forum, what is watched."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, F, Q
from django.db.models.functions import Floor, TruncDate

from conference.models import Slot, TechCheck, Waiting, WatchedMinute, WatchPosition
from conference.models.recording import EDGE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conference.models import Event, Recording

WIDTH, HEIGHT = 720, 200  # of the plot, in its own units
MOST_BARS = 100
FEWEST = 5  # people of whom something is told; of fewer it might be told of one


@dataclass(kw_only=True)
class Column:
    """A number, and where the plot shows it."""

    count: int
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0


@dataclass(kw_only=True)
class Bar(Column):
    """The registrations of ``days`` days from ``first`` on."""

    first: date
    days: int
    total: int  # up to then

    @property
    def last(self) -> date:
        return self.first + timedelta(days=self.days - 1)


def over_time(event: Event) -> list[Bar]:
    """Day by day, or week by week where days are too many; one query."""
    day = TruncDate("registered_at", tzinfo=event.zone)
    rows = event.registrations.confirmed().order_by().values_list(day).annotate(Count("pk"))
    counts: Counter[date] = Counter(dict(rows))
    if not counts:
        return []
    first, end = min(counts), max(counts) + timedelta(days=1)
    step = 1 if (end - first).days <= MOST_BARS else 7
    bars, total = [], 0
    while first < end:
        count = sum(counts[first + timedelta(days=n)] for n in range(step))
        total += count
        bars.append(Bar(first=first, days=step, count=count, total=total))
        first += timedelta(days=step)
    place(bars)
    return bars


def place(bars: Sequence[Column]) -> None:
    """Side by side, the highest as high as the plot."""
    space = WIDTH / len(bars)
    highest = max(bar.count for bar in bars) or 1
    for number, bar in enumerate(bars):
        bar.x, bar.width = round(number * space, 1), round(space * 0.8, 1)
        bar.height = round(HEIGHT * bar.count / highest, 1)
        bar.y = round(HEIGHT - bar.height, 1)


def slots_of(event: Event) -> list[Slot]:
    """Each with ``waiting``: how many would take a place there; two queries."""
    rows = Waiting.objects.filter(forum__event=event, offered_slot=None)
    waiting: Counter[tuple[int, int | None]] = Counter(rows.values_list("forum", "slot"))
    slots = list(
        Slot.objects.filter(forum__event=event)
        .select_related("forum", "round")
        .order_by("forum__number", "round__starts_at")
    )
    for slot in slots:
        count = waiting[slot.forum_id, slot.pk] + waiting[slot.forum_id, None]
        slot.waiting = count  # type: ignore[attr-defined]
    return slots


def counts_of(event: Event) -> dict[str, int]:
    """How many are registered, and what they need; three queries."""
    confirmed = Q(confirmed_at__isnull=False)
    counts = event.registrations.aggregate(
        confirmed=Count("pk", filter=confirmed),
        unconfirmed=Count("pk", filter=~confirmed),
        placed=Count("pk", filter=confirmed & Q(places__isnull=False), distinct=True),
        sign_language=Count(
            "pk", filter=confirmed & Q(needs_sign_language=True), distinct=True
        ),
        captions=Count("pk", filter=confirmed & Q(needs_captions=True), distinct=True),
        other=Count("pk", filter=confirmed & ~Q(other_needs=""), distinct=True),
    )
    return counts | {"interests": event.interests.count(), "nameless": event.nameless}


def checks_of(event: Event) -> dict[str, int]:
    """How the technical checks went that people let us count; one query."""
    no, live = TechCheck.Answer.NO, TechCheck.Live
    return event.tech_checks.aggregate(
        all=Count("pk"),
        sound=Count("pk", filter=Q(sound=no)),
        video=Count("pk", filter=Q(video=no)),
        polling=Count("pk", filter=Q(live=live.POLLING)),
        none=Count("pk", filter=Q(live=live.NONE)),
        browser=Count("pk", filter=Q(browser=TechCheck.Browser.OLD)),
    )


@dataclass(kw_only=True)
class Minute(Column):
    """How often a recording's minute was watched; 0 where that was less than ``FEWEST``."""

    number: int  # 1 is the first


@dataclass
class Watching:
    """How a recording was watched; None stands for numbers below ``FEWEST``."""

    recording: Recording
    people: int | None
    minutes: int | None
    finished: int | None
    most_stop: int | None  # the minute at which most stop before the end; 1 is the first
    stopped: int | None  # how many there
    columns: list[Minute]

    @property
    def highest(self) -> int:
        return max((column.count for column in self.columns), default=0)


def watching_of(event: Event) -> list[Watching]:
    """Of each recording that anybody has watched; three queries."""
    minute = Floor(F("seconds") / 60)
    positions = WatchPosition.objects.filter(recording__event=event).order_by()
    stops: dict[int, Counter[int]] = {}
    for pk, at, count in positions.values_list("recording", minute).annotate(Count("pk")):
        stops.setdefault(pk, Counter())[int(at)] += count
    views: dict[int, Counter[int]] = {}
    for row in WatchedMinute.objects.filter(recording__event=event):
        views.setdefault(row.recording_id, Counter())[row.number] = row.views
    recordings = event.recordings.in_order().prefetch_related(None)
    return [
        watching(one, stops[one.pk], views.get(one.pk, Counter()))
        for one in recordings
        if one.pk in stops
    ]


def watching(recording: Recording, stops: Counter[int], views: Counter[int]) -> Watching:
    """From how many are at each minute, and how often each was watched."""
    end = int(recording.seconds * (1 - EDGE) // 60)
    before = Counter({at: count for at, count in stops.items() if at < end})
    [(most_stop, stopped)] = before.most_common(1) or [(0, 0)]
    people, columns = stops.total(), []
    if people >= FEWEST and views:
        columns = [
            Minute(number=at + 1, count=enough(views[at]) or 0) for at in range(max(views) + 1)
        ]
        place(columns)
    return Watching(
        recording=recording,
        people=enough(people),
        minutes=views.total() if people >= FEWEST else None,
        finished=enough(people - before.total()),
        most_stop=most_stop + 1 if enough(stopped) else None,
        stopped=enough(stopped),
        columns=columns,
    )


def enough(count: int) -> int | None:
    return count if count >= FEWEST else None
