"""A mail server for tests, as RFC 5321 has it, that can be told to misbehave."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from socketserver import StreamRequestHandler, ThreadingTCPServer
from threading import Event, Thread


@dataclass
class Mailbox:
    """What came in. ``answers`` says how recipients are met, ``hangs`` that nothing is said."""

    port: int = 0
    mails: list[EmailMessage] = field(default_factory=list)
    tried: list[str] = field(default_factory=list)
    connections: int = 0
    answers: dict[str, str] = field(default_factory=dict)
    hangs: bool = False
    closing: Event = field(default_factory=Event)

    @property
    def recipients(self) -> list[str]:
        return [str(mail["To"]) for mail in self.mails]

    def wait_for(self, count: int, seconds: float = 20) -> None:
        until = time.monotonic() + seconds
        while len(self.mails) < count and time.monotonic() < until:
            time.sleep(0.05)
        assert len(self.mails) >= count, f"{len(self.mails)} of {count} mails came in."


class Dialogue(StreamRequestHandler):
    server: Server

    def handle(self) -> None:
        mailbox = self.server.mailbox
        mailbox.connections += 1
        self.say("220 mail.example.org")
        while line := self.rfile.readline():
            if mailbox.hangs:
                mailbox.closing.wait()
                return
            verb, _space, rest = line.decode().strip().partition(" ")
            if verb.upper() == "QUIT":
                self.say("221 bye")
                return
            self.answer(verb.upper(), rest, mailbox)

    def answer(self, verb: str, rest: str, mailbox: Mailbox) -> None:
        if verb == "RCPT":
            address = rest.partition("<")[2].partition(">")[0]
            mailbox.tried.append(address)
            self.say(mailbox.answers.get(address, "250 ok"))
        elif verb == "DATA":
            self.say("354 go on")
            mailbox.mails.append(self.read_mail())
            self.say("250 kept")
        else:
            self.say("250 ok")

    def read_mail(self) -> EmailMessage:
        lines = []
        while (line := self.rfile.readline()) not in {b".\r\n", b""}:
            lines.append(line.removeprefix(b".") if line.startswith(b"..") else line)
        return message_from_bytes(b"".join(lines), EmailMessage, policy=policy.default)

    def say(self, line: str) -> None:
        self.wfile.write(f"{line}\r\n".encode())


class Server(ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True

    def __init__(self, mailbox: Mailbox) -> None:
        super().__init__(("127.0.0.1", 0), Dialogue)
        self.mailbox = mailbox


@contextmanager
def mail_server() -> Iterator[Mailbox]:
    mailbox = Mailbox()
    with Server(mailbox) as server:
        mailbox.port = server.server_address[1]
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield mailbox
        finally:
            mailbox.closing.set()
            server.shutdown()
            thread.join()


def mailers(mailbox: Mailbox, timeout: float = 1) -> dict[str, dict[str, object]]:
    """``settings.MAILERS`` that lead there."""
    return {
        "default": {
            "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
            "OPTIONS": {"host": "127.0.0.1", "port": mailbox.port, "timeout": timeout},
        }
    }
