from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from conference.models import Event, Mail, Person


@pytest.fixture(autouse=True)
def _outbox(settings: Any, tmp_path: Path) -> None:
    settings.DEMO = True
    settings.OUTBOX = tmp_path
    settings.MAILERS = {
        "default": {
            "BACKEND": "django.core.mail.backends.filebased.EmailBackend",
            "OPTIONS": {"file_path": tmp_path},
        }
    }


def test_an_empty_outbox_says_so(client: Client, db: Any) -> None:
    assert "Noch keine E-Mail." in client.get(reverse("outbox")).text


def test_mails_are_shown_with_links_that_work_and_nothing_else(
    event: Event, aylin: Person, client: Client
) -> None:
    aylin.name = "<script>alert(1)</script>"
    Mail.write(aylin, "login", way_in="login").send()
    Mail.write(aylin, "cancelled", event=event).send()
    response = client.get(reverse("outbox"))
    subjects = [mail["subject"] for mail in response.context["mails"]]
    assert subjects == [
        f"Sie sind nicht mehr angemeldet: {event.title}",
        "Ihr Link zum Einloggen: Fachtag",
    ]
    text = response.context["mails"][1]["text"]
    [url] = [line for line in text.splitlines() if "/anmelden/link/" in line]
    assert f'<a href="{url}"' in response.text
    assert client.get(url).status_code == 200
    assert "<script>alert" not in response.text


def test_a_file_that_is_no_mail_is_shown_without_harm(
    client: Client, tmp_path: Path, db: Any
) -> None:
    (tmp_path / "x.log").write_bytes(b"\xff\xfe nothing of a mail")
    assert client.get(reverse("outbox")).status_code == 200
