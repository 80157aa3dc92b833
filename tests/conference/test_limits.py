from typing import Any

import pytest
import time_machine
from django.test import RequestFactory

from chat.limits import TooMany
from conference.limits import guard, network_of


@pytest.mark.parametrize(
    ("caller", "network"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::1", "2001:db8:1:2::/64"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("", "unknown"),
    ],
)
def test_a_caller_is_counted_by_network(caller: str, network: str, rf: RequestFactory) -> None:
    assert network_of(rf.get("/", REMOTE_ADDR=caller)) == network


@pytest.mark.parametrize(
    ("proxies", "forwarded", "network"),
    [
        (0, "198.51.100.1", "203.0.113.7"),  # anybody may write this header
        (1, "198.51.100.1", "198.51.100.1"),
        (1, "10.9.9.9, 198.51.100.1", "198.51.100.1"),
        (2, "10.9.9.9, 198.51.100.1, 192.0.2.1", "198.51.100.1"),
        (2, "198.51.100.1", "203.0.113.7"),
        (1, "", "unknown"),
    ],
)
def test_behind_proxies_the_header_is_read_from_the_right(
    proxies: int, forwarded: str, network: str, rf: RequestFactory, settings: Any
) -> None:
    settings.PROXIES = proxies
    request = rf.get("/", REMOTE_ADDR="203.0.113.7", HTTP_X_FORWARDED_FOR=forwarded)
    assert network_of(request) == network


@pytest.mark.services
def test_a_network_is_counted_over_all_addresses(rf: RequestFactory, settings: Any) -> None:
    settings.TRIES_PER_NETWORK = 3
    here = rf.get("/", REMOTE_ADDR="203.0.113.7")
    with time_machine.travel("2020-07-15 09:00:30+00:00", tick=False) as moment:
        for number in range(3):
            guard(here, "mail", f"p{number}@example.org")
        with pytest.raises(TooMany) as refusal:
            guard(here, "mail", "p4@example.org")
        assert (refusal.value.status, refusal.value.seconds) == (429, 570)
        guard(rf.get("/", REMOTE_ADDR="203.0.113.8"), "mail", "p4@example.org")
        moment.shift(570)
        guard(here, "mail", "p4@example.org")
