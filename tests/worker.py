"""``manage.py db_worker`` in a process of its own, as production starts it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from django.conf import settings


@contextmanager
def working(**environment: str) -> Iterator[subprocess.Popen[bytes]]:
    """While it runs. ``environment`` says on which database, and whom mails go to."""
    process = subprocess.Popen(
        [sys.executable, "-W", "ignore", "manage.py", "db_worker", "--interval", "0.1"],
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "conference.settings"} | environment,
        cwd=settings.BASE_DIR,
    )
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(timeout=15)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
