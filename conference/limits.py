"""How often strangers may try: counted per e-mail address and per network.

Own lines, since django-ratelimit (4.1, 2023) knows neither Django 6 nor the one-process
demo: its checks refuse the cache in memory, where counting is atomic within the process.
"""

from datetime import timedelta
from hashlib import sha256
from ipaddress import ip_address, ip_network

from django.conf import settings
from django.core.cache import cache
from django.http import HttpRequest
from django.utils.translation import ngettext

from chat import clock
from chat.refusal import Refusal


class TooMany(Refusal):
    """Carries ``seconds`` until the next try."""

    status = 429

    def __init__(self, seconds: int) -> None:
        self.seconds = seconds
        minutes = -(-seconds // 60)
        super().__init__(
            ngettext(
                "That was tried very often. Please try again in %(minutes)s minute.",
                "That was tried very often. Please try again in %(minutes)s minutes.",
                minutes,
            )
            % {"minutes": minutes}
        )


def guard(request: HttpRequest, door: str, address: str) -> None:
    """Count one try at this door; raises ``TooMany``."""
    count(f"{door} from {network_of(request)}", settings.TRIES_PER_NETWORK, minutes=10)
    count(f"{door} by {address}", settings.TRIES_PER_ADDRESS, minutes=15)


def count(what: str, limit: int, *, minutes: int) -> None:
    period = int(timedelta(minutes=minutes).total_seconds())
    now = int(clock.now().timestamp())
    # The period is part of the key, so that no count is lost when one ends.
    key = f"tries:{now // period}:{sha256(what.encode()).hexdigest()}"
    cache.add(key, 0, timeout=2 * period)
    if cache.incr(key) > limit:
        raise TooMany(period - now % period)


def network_of(request: HttpRequest) -> str:
    """The caller's IPv4 address or IPv6 /64 network; what proxies add counts from the right.

    Further to the left of ``X-Forwarded-For`` stands what anybody may have written.
    """
    caller = request.META.get("REMOTE_ADDR") or ""
    if settings.PROXIES:
        hops = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
        caller = hops[-settings.PROXIES].strip() if len(hops) >= settings.PROXIES else caller
    try:
        address = ip_address(caller)
    except ValueError:
        return "unknown"
    return str(ip_network((address, 64), strict=False) if address.version == 6 else address)
