"""The documents name files and commands; they are there."""

import re

import pytest
from django.conf import settings

HOUSE = settings.BASE_DIR
TARGETS = set(re.findall(r"^([a-z]+):", (HOUSE / "Makefile").read_text(), re.MULTILINE))
MADE = {"media/", "var"}  # by running it


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_files_that_documents_name_are_there(document: str) -> None:
    text = (HOUSE / document).read_text()
    code = re.findall(r"`([\w.-]+/[\w./-]*|[\w-]+\.(?:md|py|toml|txt|json))`", text)
    links = re.findall(r"\]\((?!https?:)([^)#]+)\)", text)
    named = {name for name in [*code, *links] if name not in MADE}
    assert sorted(name for name in named if not (HOUSE / name).exists()) == []


@pytest.mark.parametrize("document", ["README.md", "CONTRIBUTING.md"])
def test_commands_that_documents_name_are_there(document: str) -> None:
    commands = re.findall(r"(?:`|^)make ([a-z]+)", (HOUSE / document).read_text(), re.MULTILINE)
    assert sorted({command for command in commands if command not in TARGETS}) == []


HANDBOOK = HOUSE / "docs/veranstalten.md"


def test_the_handbook_shows_pictures_that_are_there() -> None:
    pictures = re.findall(r"!\[[^]]+\]\(([^)]+)\)", HANDBOOK.read_text())
    assert [name for name in pictures if not (HANDBOOK.parent / name).exists()] == []


def test_the_handbook_calls_things_what_the_screens_call_them() -> None:
    catalogue = (HOUSE / "locale/de/LC_MESSAGES/django.po").read_text()
    screens = {
        text.lower() for text in re.findall(r'^msgstr(?:\[\d\])? "(.+)"$', catalogue, re.M)
    }
    named = re.findall(
        r"(?:unter|Art|wählen|Seite) (?:Sie )?\*\*([^*]+)\*\*", HANDBOOK.read_text()
    )
    named += re.findall(r"^- \*\*(.+?)\*\* (?:bestimmt|gibt)", HANDBOOK.read_text(), re.M)
    assert len(named) > 10
    assert [name for name in named if name.lower() not in screens] == []
