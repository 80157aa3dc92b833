from typing import Any
from uuid import uuid4

import pytest

from chat import live
from chat.models import Message, Room
from conference.models import Person


@pytest.fixture
def renderings(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The templates that were rendered, one after the other."""
    templates: list[str] = []
    render = live.render_to_string

    def counted(template: str, context: dict[str, Any]) -> str:
        templates.append(template)
        return render(template, context)

    monkeypatch.setattr(live, "render_to_string", counted)
    return templates


def read(message: Message) -> str:
    return live.render(Message.objects.with_author().get(pk=message.pk))


def test_a_message_is_rendered_once(room: Room, aylin: Person, renderings: list[str]) -> None:
    message = room.post(aylin, "Guten Tag", uuid4())
    assert read(message) == read(message)
    assert len(renderings) == 1


def test_and_again_when_it_or_its_author_changed(
    room: Room, aylin: Person, renderings: list[str]
) -> None:
    message = room.post(aylin, "Guten Tak", uuid4())
    assert "Guten Tak" in read(message)
    message.edit(aylin, "Guten Tag")
    assert "Guten Tag" in read(message)
    aylin.correct(name="Aylin Demir")
    assert "Aylin Demir" in read(message)
    aylin.delete()
    assert "Demir" not in read(message)
    assert len(renderings) == 4
