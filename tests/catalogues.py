"""German and English are complete: nothing is missing, unsure, or left over."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from babel.messages.catalog import Catalog, Message
from babel.messages.pofile import read_po
from django.conf import settings

LANGUAGES = [code for code, _name in settings.LANGUAGES]


def catalogue(root: Path, language: str) -> Catalog:
    with (root / f"locale/{language}/LC_MESSAGES/django.po").open("rb") as file:
        return read_po(file, locale=language)


def texts(catalogue: Catalog) -> set[tuple[str | None, str]]:
    return {(message.context, first_of(message.id)) for message in catalogue if message.id}


def first_of(text: str | tuple[str, ...]) -> str:
    return text if isinstance(text, str) else text[0]


def is_translated(message: Message) -> bool:
    forms = [message.string] if isinstance(message.string, str) else message.string
    return all(forms) and not message.fuzzy


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_text_is_translated(language: str) -> None:
    messages = [message for message in catalogue(settings.BASE_DIR, language) if message.id]
    assert [first_of(message.id) for message in messages if not is_translated(message)] == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_translations_keep_their_placeholders(language: str) -> None:
    problems = {
        first_of(message.id): [str(error) for error in errors]
        for message, errors in catalogue(settings.BASE_DIR, language).check()
    }
    assert problems == {}


@pytest.fixture(scope="module")
def collected(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A copy of the house in which the texts were collected anew."""
    if not shutil.which("xgettext"):
        message = "No GNU gettext here: install the package “gettext” to run this test."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(message)
    copy = tmp_path_factory.mktemp("house")
    for name in ["chat", "conference", "marketplace", "templates", "locale"]:
        shutil.copytree(settings.BASE_DIR / name, copy / name)
    shutil.copy(settings.BASE_DIR / "manage.py", copy)
    options = ["--no-location", "--no-wrap", "--no-obsolete"]
    subprocess.run(
        [sys.executable, "manage.py", "makemessages", "-v0", "-l", "de", "-l", "en", *options],
        cwd=copy,
        env=os.environ | {"DJANGO_SETTINGS_MODULE": "conference.settings"},
        check=True,
    )
    return copy


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_catalogue_holds_what_the_code_says(language: str, collected: Path) -> None:
    kept = texts(catalogue(settings.BASE_DIR, language))
    new = texts(catalogue(collected, language))
    assert (sorted(map(str, new - kept)), sorted(map(str, kept - new))) == ([], [])
