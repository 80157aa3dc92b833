"""What CONTRIBUTING.md says of the house, kept true."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

HOUSE = settings.BASE_DIR
STOREYS = ["chat", "conference", "marketplace"]
TEMPLATES = sorted((HOUSE / "templates").rglob("*.html"))
# Mails are read elsewhere, where only inline styles work.
PAGES = [path for path in TEMPLATES if path.parent.name != "mail"]
SCRIPTS = sorted((HOUSE / "static/js").glob("*"))


def name(path: Path) -> str:
    return str(path.relative_to(HOUSE))


def imports(tree: ast.AST) -> Iterator[str]:
    """The modules that this code imports when it runs; imports for types alone are left out."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
        yield from imports(node)


def code_of(app: str) -> list[Path]:
    return [path for path in (HOUSE / app).rglob("*.py") if "migrations" not in path.parts]


@pytest.mark.parametrize("app", STOREYS)
def test_no_storey_imports_from_the_one_above(app: str) -> None:
    # The ground plan's own files join the three apps to one house.
    plan = {"settings.py", "urls.py", "asgi.py"} if app == "conference" else set()
    above = set(STOREYS[STOREYS.index(app) + 1 :])
    wrong = [
        f"{name(path)} imports {module}"
        for path in code_of(app)
        if not (path.parent.name == "conference" and path.name in plan)
        for module in imports(ast.parse(path.read_text()))
        if module.partition(".")[0] in above
    ]
    assert wrong == []


@pytest.mark.parametrize("app", STOREYS)
def test_models_do_not_import_what_stands_on_them(app: str) -> None:
    wrong = [
        f"{name(path)} imports {module}"
        for path in (HOUSE / app / "models").glob("*.py")
        for module in imports(ast.parse(path.read_text()))
        if re.match(rf"({'|'.join(STOREYS)})\.(views|forms|consumers)", module)
    ]
    assert wrong == []


@pytest.mark.parametrize("path", PAGES, ids=name)
def test_templates_hold_no_script_no_style_and_no_code(path: Path) -> None:
    text = path.read_text()
    forbidden = {
        "style attribute": r"\sstyle=",
        "style element": r"<style",
        "inline script": r"<script(?![^>]*\bsrc=)(?![^>]*application/json)",
        "event handler": r"\son[a-z]+=",
        "hx-on": r"hx-on",
        "code in hx-vals": r"js:|javascript:",
    }
    assert [what for what, pattern in forbidden.items() if re.search(pattern, text)] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=name)
def test_templates_compile(path: Path) -> None:
    from django.template.loader import get_template

    get_template(str(path.relative_to(HOUSE / "templates")))


def test_scripts_are_modules_named_dot_js() -> None:
    assert [name(path) for path in SCRIPTS if path.suffix != ".js"] == []


def test_each_custom_element_is_registered() -> None:
    entry = (HOUSE / "static/js/fachtag.js").read_text()
    elements = {
        element: path
        for path in SCRIPTS
        for element in re.findall(r'customElements\.define\(\s*"([^"]+)"', path.read_text())
    }
    assert {e: path.name for e, path in elements.items() if path.stem != e} == {}
    assert [path.name for path in elements.values() if f'"./{path.name}"' not in entry] == []
