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
