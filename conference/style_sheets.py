"""Style sheets are written one component per file, and given out as one."""

import re
from posixpath import dirname, join, normpath, relpath

from django.core.files.storage import Storage

Paths = dict[str, tuple[Storage, str]]  # where a file is found, and its name there

IMPORT = re.compile(r'@import url\("(?P<path>[^":]+)"\)(?: layer\((?P<layer>[\w.-]+)\))?;')
ADDRESS = re.compile(r'url\("(?P<path>[^":/#][^":]*)"\)')  # relative ones: no data, no host
CHARSET = '@charset "UTF-8";'


def with_imports(name: str, paths: Paths) -> str:
    """The text of this style sheet, with those that it imports in their places."""
    storage, path = paths[name]
    with storage.open(path) as file:
        text = file.read().decode().removeprefix(CHARSET)
    folder = dirname(name)

    def place(found: re.Match[str]) -> str:
        imported = normpath(join(folder, found["path"]))
        inside = ADDRESS.sub(
            lambda address: (
                f'url("{relpath(join(dirname(imported), address["path"]), folder or ".")}")'
            ),
            with_imports(imported, paths),
        )
        return f"@layer {found['layer']} {{\n{inside}\n}}" if found["layer"] else inside

    return IMPORT.sub(place, text)
