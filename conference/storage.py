from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

from django.contrib.staticfiles.apps import StaticFilesConfig
from django.core.files.base import ContentFile
from django.core.files.storage import InMemoryStorage, default_storage
from django.utils import timezone
from whitenoise.storage import CompressedManifestStaticFilesStorage

from conference.style_sheets import Paths, with_imports


class StaticFiles(StaticFilesConfig):
    # What packages bring beside the files that pages load: 25 MB of hls.js alone.
    ignore_patterns = [
        *StaticFilesConfig.ignore_patterns,
        *("*.mjs", "*.mjs.map", "*.mts", "*.ts"),
        *("hls-demo.*", "hls.js", "hls.js.map", "hls.light.*", "hls.worker.*"),
    ]


class StaticStorage(CompressedManifestStaticFilesStorage):
    """Hashed and compressed static files, with the imports between modules rewritten.

    Our style sheets are given out with what they import inside, or a browser would ask for
    thirty files before it could show anything.
    """

    support_js_module_import_aggregation = True

    def post_process(self, paths: Paths, *args: Any, **options: Any) -> Iterator[Any]:
        joined = InMemoryStorage()
        for name in paths:
            if re.fullmatch(r"css/[\w-]+\.css", name):
                joined.save(name, ContentFile(with_imports(name, paths)))
        ours = {name: (joined, name) for name in paths if joined.exists(name)}
        yield from super().post_process(paths | ours, *args, **options)


# -- folders of uploads, on a disk or in an object store, which knows no folders


def clear_folder(folder: str) -> None:
    """Delete all that is in it; again is fine."""
    for name in files_in(folder):
        default_storage.delete(name)
    for inner in reversed([folder, *folders_in(folder)]):
        with suppress(OSError):  # somebody writes into it, or it is gone
            default_storage.delete(inner)


def files_in(folder: str) -> Iterator[str]:
    """All the way down."""
    folders, files = list_of(folder)
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from files_in(f"{folder}/{name}")


def folders_in(folder: str) -> list[str]:
    return [f"{folder}/{name}" for name in list_of(folder)[0] if name]


def list_of(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return [], []


def clear_strays(folder: str, known: set[str], age: timedelta) -> None:
    """Delete the folders in it that nobody knows and nobody has written to for so long."""
    before = timezone.now() - age  # the storage goes by the machine's clock
    for stray in set(folders_in(folder)) - known:
        written = [default_storage.get_modified_time(name) for name in files_in(stray)]
        if all(at < before for at in written):
            clear_folder(stray)


def free_space() -> int | None:
    """Bytes left where uploads go; None where nobody knows, as in an object store."""
    try:
        return shutil.disk_usage(default_storage.path("")).free
    except (NotImplementedError, OSError):
        return None
