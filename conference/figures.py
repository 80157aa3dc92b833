"""What organisers want to know in numbers: who comes, from when on, to which forum."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from django.db.models import Count, Q
from django.db.models.functions import TruncDate

from conference.models import Slot, TechCheck, Waiting

if TYPE_CHECKING:
    from conference.models import Event

WIDTH, HEIGHT = 720, 200  # of the plot, in its own units
MOST_BARS = 100


@dataclass
class Bar:
    """The registrations of ``days`` days from ``first`` on, and where the plot shows them."""

    first: date
    days: int
    count: int
    total: int  # up to then
    x: float = 0
    y: float = 0
    width: float = 0
    height: float = 0

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
        bars.append(Bar(first, step, count, total))
        first += timedelta(days=step)
    place(bars)
    return bars


def place(bars: list[Bar]) -> None:
    """Side by side, the highest as high as the plot."""
    space = WIDTH / len(bars)
    highest = max(bar.count for bar in bars)
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
