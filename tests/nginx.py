"""A real nginx with the configuration of the documents, before whatever answers at a port."""

import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

NGINX = shutil.which("nginx") or shutil.which("nginx", path="/usr/sbin")
DOCUMENTED = Path(__file__).parent.parent / "docs/nginx.conf"
AROUND = """\
daemon off;
worker_processes 1;
pid {folder}/nginx.pid;
error_log {folder}/error.log;
events {{ worker_connections 1000; }}
http {{
    include /etc/nginx/mime.types;
    sendfile on;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    {documented}
}}
"""


def needs_nginx() -> str:
    """Its path. Skips where there is none; in the continuous integration that is a failure."""
    if NGINX is None:
        message = "No nginx here: install the package “nginx-light” to test what it serves."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    return NGINX


def documented(folder: Path, port: int, upstream: int, media: Path, key: str) -> str:
    """``docs/nginx.conf`` with what it asks to put in, and without its certificate."""
    text = DOCUMENTED.read_text()
    put_in = {
        "listen 443 ssl;": f"listen 127.0.0.1:{port};",
        "    ssl_certificate     /etc/ssl/fachtag.pem;\n": "",
        "    ssl_certificate_key /etc/ssl/private/fachtag.key;\n": "",
        "server 127.0.0.1:8001; server 127.0.0.1:8002;": f"server 127.0.0.1:{upstream};",
        "/var/log/nginx/fachtag.log": f"{folder}/access.log",
        "/srv/fachtag/media/": f"{media}/",
        "SEGMENT_KEY ": f"{key} ",
        ' SEGMENT_KEY"': f' {key}"',
    }
    for name, value in put_in.items():
        assert name in text, f"docs/nginx.conf has no {name}"
        text = text.replace(name, value)
    return text


@contextmanager
def nginx(folder: Path, upstream: int, media: Path, key: str) -> Iterator[tuple[int, int]]:
    """Its port and its process, until the end."""
    program = needs_nginx()
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    text = AROUND.format(
        folder=folder, documented=documented(folder, port, upstream, media, key)
    )
    configuration = folder / "nginx.conf"
    configuration.write_text(f"user root;\n{text}" if os.getuid() == 0 else text)
    command = [program, "-p", folder, "-e", folder / "error.log", "-c", configuration]
    with subprocess.Popen(command) as process:
        try:
            for _try in range(100):
                assert process.poll() is None, (folder / "error.log").read_text()
                with suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                    break
                time.sleep(0.05)
            yield port, process.pid
        finally:
            process.terminate()
