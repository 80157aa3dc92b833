import re
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from PIL import Image

from conference.management.commands.demo import REFERENCE
from conference.models import Event, Person
from conference.uploads import document_type
from marketplace.demo.leaflet import leaflet
from marketplace.demo.motifs import MOTIFS
from marketplace.demo.scenes import SCENES, paint
from marketplace.management.commands import demo_stands
from marketplace.models import Stand, Topic


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """The first stand of each topic; painting them all takes its seconds."""
    chosen = [one for one in demo_stands.stands() if one[1] == 1]
    monkeypatch.setattr(demo_stands, "stands", lambda: chosen)


@pytest.fixture
def reference(event: Event, tmp_path: Path, settings: Any) -> Event:
    settings.MEDIA_ROOT = tmp_path
    event.slug = REFERENCE
    event.save()
    return event


def test_the_market_is_loaded_once(reference: Event, few: None) -> None:
    jonas = Person.objects.create_user("jonas.weber@example.org", name="Jonas Weber")
    for _time in range(2):
        call_command("demo_stands")
    assert (Topic.objects.count(), Stand.objects.count()) == (8, 8)
    first = Stand.objects.select_related("event").first()
    assert first is not None
    hannelore = Person.objects.get(email="hannelore.kiefer@example.org")
    assert [lead.person for lead in first.leads.all()] == [jonas, hannelore]
    assert first.missing == []
    assert [message.number for message in first.room.messages.all()] == [1, 2, 3, 4, 5, 6]
    with first.materials.get(url="").file.open() as file:
        assert document_type(file) == ".pdf"


def test_the_texts_keep_to_what_the_market_can_show() -> None:
    stands = [fields for _topic, _position, fields in demo_stands.stands()]
    assert len(stands) >= 30
    assert len({fields["slug"] for fields in stands}) == len(stands)
    assert {topic["slug"] for topic, _position, _fields in demo_stands.stands()} == set(SCENES)
    for fields in stands:
        Stand(**{name: fields[name] for name in demo_stands.OWN}).clean_fields(
            exclude=["event", "topic", "room"]
        )
        urls = [material.get("url", "") for material in fields["materials"]]
        assert [url for url in urls if url and ".example.org/" not in f"{url}/"] == []
        assert 2 <= len(re.split(r"\n\n", fields["story"].strip())) <= 4
        assert fields["motif"] in {"", *MOTIFS}


@pytest.mark.parametrize("topic", SCENES)
def test_a_picture_is_the_same_each_time_and_no_two_are_alike(topic: str) -> None:
    one, again, other = paint(topic, "a"), paint(topic, "a"), paint(topic, "b", "bus")
    assert one.size == (1200, 800)
    assert differs(one, again) < 0.05  # its grain is left to chance
    assert differs(one, other) > 0.05


def differs(one: Image.Image, other: Image.Image) -> float:
    """The share of a small picture's dots that are clearly of another colour."""
    small = [picture.reduce(20).convert("L").tobytes() for picture in (one, other)]
    return sum(abs(a - b) > 12 for a, b in zip(*small, strict=True)) / len(small[0])


def test_a_leaflet_is_a_pdf_with_a_title() -> None:
    text = leaflet("Zwölf (12) Schritte", ["– Größe: \\ 3 m", "ein Satz " * 40])
    assert (text[:8], text[-6:]) == (b"%PDF-1.7", b"%%EOF\n")
    assert "Zwölf (12) Schritte".encode("utf-16-be").hex().encode() in text
    assert rb"\(12\)" in text
    start = int(re.findall(rb"startxref\n(\d+)", text)[0])
    assert text[start : start + 4] == b"xref"
