"""A real S3-compatible server, from a wheel, which checks each signature."""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import boto3

from conference.object_storage import CONFIG

KEY, SECRET, BUCKET = "fachtag", "nachbarschaft/im+quartier", "aufzeichnungen"


@contextmanager
def object_store(folder: Path) -> Iterator[str]:
    """Its address, with an empty bucket, until the end."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    names = {"NANIO_ACCESS_KEY": KEY, "NANIO_SECRET_KEY": SECRET}
    serve = ["serve", "--data-dir", folder, "--host", "127.0.0.1", "--port", str(port)]
    command = [sys.executable, "-W", "ignore", "-m", "nanio", *serve, "--log-level", "error"]
    with subprocess.Popen([*command, "--no-access-log"], env=os.environ | names) as process:
        try:
            for _try in range(300):
                assert process.poll() is None, "The store ended early; its output says why."
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.1)
            endpoint = f"http://127.0.0.1:{port}"
            session = boto3.Session(KEY, SECRET, region_name="us-east-1")
            session.client("s3", endpoint_url=endpoint, config=CONFIG).create_bucket(
                Bucket=BUCKET
            )
            yield endpoint
        finally:
            process.terminate()
