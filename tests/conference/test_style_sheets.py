from pathlib import Path

from django.core.files.storage import FileSystemStorage
from pytest_django import Settings

from conference.storage import StaticStorage
from conference.style_sheets import with_imports

SHEETS = {
    "css/ours.css": '@layer kern, pages;\n@import url("../vendor/a.css") layer(kern);\n'
    '@import url("pages/b.css");\nbody { margin: 0 }\n',
    "css/pages/b.css": '@layer pages { main { background: url("../../img/b.svg") } }',
    "vendor/a.css": '@charset "UTF-8";i { background: url("data:image/svg+xml,<svg/>") }',
    "img/b.svg": "<svg/>",
}


def found(folder: Path) -> dict[str, tuple[FileSystemStorage, str]]:
    """As collectstatic finds them."""
    storage = FileSystemStorage(folder)
    for name, text in SHEETS.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return {name: (storage, name) for name in SHEETS}


def test_a_style_sheet_has_inside_what_it_imports(tmp_path: Path) -> None:
    assert with_imports("css/ours.css", found(tmp_path)) == (
        "@layer kern, pages;\n"
        '@layer kern {\ni { background: url("data:image/svg+xml,<svg/>") }\n}\n'
        '@layer pages { main { background: url("../img/b.svg") } }\n'
        "body { margin: 0 }\n"
    )


def test_it_is_given_out_whole_under_its_hash_and_made_anew_with_its_parts(
    tmp_path: Path, settings: Settings
) -> None:
    settings.STATIC_ROOT = str(tmp_path / "root")
    paths = found(tmp_path / "source")

    def given_out() -> tuple[str, str]:
        storage = StaticStorage()
        for source, name in paths.values():
            storage.delete(name)
            with source.open(name) as file:
                storage.save(name, file)
        names = {name: hashed for name, hashed, _done in storage.post_process(paths)}
        hashed = names["css/ours.css"]
        return hashed, (tmp_path / "root" / hashed).read_text()

    name, text = given_out()
    assert "@import" not in text
    assert '@layer pages { main { background: url("../img/b.' in text
    (tmp_path / "source/css/pages/b.css").write_text("@layer pages { p { margin: 0 } }")
    other, text = given_out()
    assert "@layer pages { p { margin: 0 } }" in text
    assert other != name
