"""Where a process's posts are handed in: what waits is written together, in one transaction.

A transaction costs about the same for one message as for fifty, most of it waiting for the
disk. One thread writes, with a connection of its own: a lone post at once, and while it is at
it the others wait and are then written together. Per process; between processes the room's row
is the queue.
"""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from threading import Event, Lock

from django.db import InterfaceError, OperationalError, connection, transaction

from chat.entrance import people_in
from chat.limits import pace_all
from chat.models.message import Message
from chat.models.posting import Outcome, Post, write

MOST = 200  # messages in one transaction, unless more came at once
Bundle = tuple[list[Post], Callable[[], None]]  # and what is to be done when they are settled


class Desk:
    def __init__(self) -> None:
        self.lock = Lock()
        self.waiting: deque[Bundle] = deque()
        self.is_busy = False
        self.writer = ThreadPoolExecutor(1, thread_name_prefix="desk")

    def store(self, post: Post) -> Message:
        """Returns the message, or the first one of this ``client_id``.

        Raises what ``Room.post`` names. Within a transaction of the caller's it becomes a
        part of that.
        """
        if connection.in_atomic_block:
            settle([post])
        else:
            is_settled = Event()
            self.hand_in([post], is_settled.set)
            is_settled.wait()
        if isinstance(post.outcome, Message):
            return post.outcome
        raise post.outcome or RuntimeError("The post was not settled.")

    def hand_in(self, posts: list[Post], done: Callable[[], None]) -> None:
        """Returns at once; ``done`` is called in the writer's thread when all have their
        outcome, and must not wait."""
        with self.lock:
            self.waiting.append((posts, done))
            was_busy, self.is_busy = self.is_busy, True
        if not was_busy:
            self.writer.submit(self._write)

    def _write(self) -> None:
        while bundles := self._next():
            try:
                settle([post for posts, _done in bundles for post in posts])
            finally:
                for _posts, done in bundles:
                    done()

    def _next(self) -> list[Bundle]:
        with self.lock:
            bundles, count = [], 0
            while self.waiting and count < MOST:
                bundles.append(self.waiting.popleft())
                count += len(bundles[-1][0])
            self.is_busy = bool(bundles)
            return bundles


desk = Desk()
# A process that was forked has none of its parent's threads.
os.register_at_fork(after_in_child=desk.__init__)  # type: ignore[misc]


def settle(posts: list[Post]) -> None:
    """Write them, and give each its outcome."""
    if by_socket := [post for post in posts if post.session]:  # the others have counted
        pace_together(by_socket)
    try:
        outcomes = _written(posts)
    except (OperationalError, InterfaceError):
        outcomes = _tried(posts)
    except Exception:
        # One spoils the others, or came in through another process at once; now it is seen.
        outcomes = [outcome for post in posts for outcome in _tried([post])]
    for post, outcome in zip(posts, outcomes, strict=True):
        post.outcome = outcome


def pace_together(posts: list[Post]) -> None:
    for post, haste in zip(posts, pace_all([p.author_pk for p in posts]), strict=True):
        post.haste = haste


def _written(posts: list[Post]) -> list[Outcome]:
    with transaction.atomic():
        _look_up(posts)
        return write(posts)


def _look_up(posts: list[Post]) -> None:
    """Who posts by a socket is asked for the session, as requests are; two queries."""
    sessions = {post.session for post in posts if post.session}
    people = people_in(sessions, "name", "organisation", "email") if sessions else {}
    for post in posts:
        if post.session:
            post.author = people.get(post.session)


def _tried(posts: list[Post]) -> list[Outcome]:
    """For the last time: each of them is told if the database is away."""
    if not (connection.in_atomic_block or connection.is_usable()):
        connection.close()  # it broke since the last post; the next one may be well
    try:
        return _written(posts)
    except Exception as error:
        return [error] * len(posts)
