"""How often somebody may try something, counted in the cache.

Own lines, since django-ratelimit (4.1, 2023) knows neither Django 6 nor the one-process
demo: its checks refuse the cache in memory, where counting is atomic within the process.
"""

from hashlib import sha256

from django.core.cache import cache
from django.utils.translation import ngettext
from redis.exceptions import RedisError

from chat import clock
from chat.refusal import Refusal

POSTS = 20  # messages of one person …
POSTS_PERIOD = 30  # … in so many seconds


REACTIONS = 40  # of one person …
REACTIONS_PERIOD = 30  # … in so many seconds


class TooMany(Refusal):
    """Carries ``seconds`` until the next try; says so in the language of whoever reads it."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        super().__init__()

    def __str__(self) -> str:
        return self.sentence(self.seconds)

    @staticmethod
    def sentence(seconds: int) -> str:
        minutes = -(-seconds // 60)
        return ngettext(
            "That was tried very often. Please try again in %(minutes)s minute.",
            "That was tried very often. Please try again in %(minutes)s minutes.",
            minutes,
        ) % {"minutes": minutes}


class TooFast(TooMany):
    @staticmethod
    def sentence(seconds: int) -> str:
        return ngettext(
            "You are writing very fast. Please wait %(seconds)s second.",
            "You are writing very fast. Please wait %(seconds)s seconds.",
            seconds,
        ) % {"seconds": seconds}


def count(what: str, limit: int, *, seconds: int, refusal: type[TooMany] = TooMany) -> None:
    """Count one try in this period; raises ``refusal`` when there were more than the limit."""
    key, left = period_of(what, seconds)
    try:
        tries = cache.incr(key)
    except ValueError:  # the first one
        cache.add(key, 0, timeout=2 * seconds)
        tries = cache.incr(key)
    if tries > limit:
        raise refusal(left)


def period_of(what: str, seconds: int) -> tuple[str, int]:
    """The key of what is counted in this period, and the seconds that are left of it."""
    now = int(clock.now().timestamp())
    # The period is part of the key, so that no count is lost when one ends.
    key = f"tries:{now // seconds}:{sha256(what.encode()).hexdigest()}"
    return key, seconds - now % seconds


def pace(person_pk: int) -> None:
    """Count one message of this person; raises ``TooFast``. Redis away: nobody counts."""
    try:
        count(f"post by {person_pk}", POSTS, seconds=POSTS_PERIOD, refusal=TooFast)
    except RedisError:
        return


def pace_all(person_pks: list[int]) -> list[TooFast | None]:
    """Count a message for each, one after the other; who was too fast. Two calls of the cache
    for all of them: what two processes count in the same millisecond may count once. That
    cannot matter: it takes one person who writes by several processes at once, and then they
    get as many times the pace as there are processes, at most.
    """
    keys = [period_of(f"post by {pk}", POSTS_PERIOD) for pk in person_pks]
    outcomes: list[TooFast | None] = []
    try:
        counts = cache.get_many([key for key, _left in keys])
        for key, left in keys:
            counts[key] = counts.get(key, 0) + 1
            outcomes.append(TooFast(left) if counts[key] > POSTS else None)
        cache.set_many(counts, timeout=2 * POSTS_PERIOD)
    except RedisError:
        return [None] * len(person_pks)
    return outcomes


def count_reaction(person_pk: int) -> None:
    """Count one reaction of this person; raises ``TooFast``."""
    try:
        count(f"reaction by {person_pk}", REACTIONS, seconds=REACTIONS_PERIOD, refusal=TooFast)
    except RedisError:
        return
