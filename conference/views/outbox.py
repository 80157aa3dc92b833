"""The demo's outbox: mails lie in files instead of going out."""

from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from conference.views.demo import only_in_demo

END = b"\n" + b"-" * 79 + b"\n"


@only_in_demo
def index(request: HttpRequest) -> HttpResponse:
    """The latest mails, the newest first, with their texts."""
    files = sorted(Path(settings.OUTBOX).glob("*.log"), key=_written, reverse=True)
    mails = [mail for file in files[:50] for mail in reversed(_mails_in(file))]
    return render(request, "conference/outbox.html", {"mails": mails})


def _written(file: Path) -> tuple[int, str]:
    return file.stat().st_mtime_ns, file.name


def _mails_in(file: Path) -> list[dict[str, object]]:
    mails = []
    for source in filter(None, file.read_bytes().split(END)):
        message = message_from_bytes(source, EmailMessage, policy=policy.default)
        body = message.get_body(("plain",))
        mails.append(
            {
                "to": message["to"],
                "subject": message["subject"],
                "at": message["date"].datetime if message["date"] else None,
                "text": body.get_content() if body else "",
            }
        )
    return mails
