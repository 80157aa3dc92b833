"""How often strangers may try: counted per e-mail address and per network."""

from ipaddress import ip_address, ip_network

from django.conf import settings
from django.http import HttpRequest

from chat.limits import count


def guard(request: HttpRequest, door: str, address: str) -> None:
    """Count one try at this door; raises ``TooMany``."""
    count(f"{door} from {network_of(request)}", settings.TRIES_PER_NETWORK, seconds=10 * 60)
    count(f"{door} by {address}", settings.TRIES_PER_ADDRESS, seconds=15 * 60)


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
    if address.version == 4:
        return str(address)
    # A server that listens on IPv6 alone sees IPv4 addresses as ::ffff:203.0.113.7.
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))
