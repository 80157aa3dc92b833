"""How browsers come back when a server was away: later and later, and not all at once."""

from collections.abc import Callable
from itertools import pairwise

from playwright.sync_api import Page

from conference.models import Person
from marketplace.models import Stand

# Works once, and never again; notes when it was tried.
SOCKET = """
window.tries = [];
window.WebSocket = class extends EventTarget {
    static OPEN = 1;
    readyState = 1;
    constructor() {
        super();
        window.tries.push(Date.now());
        setTimeout(() => {
            const data = JSON.stringify({room: 0, head: 0});
            if (window.tries.length === 1)
                this.dispatchEvent(new MessageEvent("message", {data}));
            this.dispatchEvent(new CloseEvent("close", {code: 1006}));
        });
    }
    send() {}
    close() {}
};
"""


def test_browsers_wait_longer_each_time_and_each_for_itself(
    new_page: Callable[..., Page], stand: Stand, aylin: Person
) -> None:
    page = new_page(aylin)
    page.clock.install()
    page.add_init_script(SOCKET)
    page.goto(stand.get_absolute_url())
    page.wait_for_function("window.tries.length > 0")
    page.clock.run_for(10 * 60_000)
    tries = page.evaluate("window.tries")
    waits = [after - before for before, after in pairwise(tries)]
    assert len(waits) > 10
    for number, wait in enumerate(waits, start=1):
        delay = min(30_000, 500 * 2**number)
        assert 0.5 * delay <= wait <= 1.5 * delay + 50
    assert len({round(wait / 1000) for wait in waits[6:]}) > 3
