"""What a fresh machine gets to read. Its programs are stand-ins."""

import shutil
import subprocess
from pathlib import Path

import pytest
from django.conf import settings

MISSING = "#!/bin/sh\nexit 127\n"  # as pyenv's shims do for versions that are not there
TOO_OLD = "#!/bin/sh\nexit 1\n"
GOOD_PYTHON = (
    "#!/bin/sh\n[ $1 = -m ] && mkdir -p .venv/bin && echo $0 > .venv/bin/python\nexit 0\n"
)


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """An empty machine: make, a shell, and nothing in the programs' folder but basics."""
    (tmp_path / "bin").mkdir()
    for tool in ["mkdir", "touch", "rm"]:
        (tmp_path / "bin" / tool).symlink_to(str(shutil.which(tool)))
    for file in ["Makefile", "requirements.txt", "package.json", "package-lock.json"]:
        shutil.copy(settings.BASE_DIR / file, tmp_path)
    return tmp_path


def install(machine: Path, name: str, script: str) -> None:
    path = machine / "bin" / name
    path.write_text(script)
    path.chmod(0o755)


def make(machine: Path, target: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(shutil.which("make")), target],
        cwd=machine,
        env={"PATH": str(machine / "bin")},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.parametrize("python", [MISSING, TOO_OLD])
def test_a_missing_or_old_python_is_told_in_one_sentence(machine: Path, python: str) -> None:
    for name in ["python3.13", "python3"]:
        install(machine, name, python)
    answer = make(machine, "demo")
    assert answer.returncode != 0
    first, *rest = answer.stderr.splitlines()
    assert first.startswith("Fachtag needs Python 3.12 or newer with its venv module")
    assert [line for line in rest if not line.startswith("make: ***")] == []


@pytest.mark.parametrize("node", [MISSING, TOO_OLD])
def test_a_missing_or_old_node_is_told_in_one_sentence(machine: Path, node: str) -> None:
    install(machine, "python3", GOOD_PYTHON)
    install(machine, "node", node)
    answer = make(machine, "demo")
    assert answer.returncode != 0
    first, *rest = answer.stderr.splitlines()
    assert first.startswith("Fachtag needs Node.js 20 or newer with npm")
    assert [line for line in rest if not line.startswith("make: ***")] == []


def test_a_python_that_runs_is_taken_whatever_its_name(machine: Path) -> None:
    install(machine, "python3.13", MISSING)
    install(machine, "python3.12", GOOD_PYTHON)
    install(machine, "python3", TOO_OLD)
    make(machine, "demo")
    assert (machine / ".venv/bin/python").read_text().strip().endswith("/python3.12")


def test_the_locks_name_hashes_and_no_index() -> None:
    for name in ["requirements.txt", "requirements-dev.txt"]:
        lock = (settings.BASE_DIR / name).read_text()
        assert "--hash=sha256:" in lock
        assert [
            word for word in ["://", "--index", "--extra", "--find-links"] if word in lock
        ] == []
    lock = (settings.BASE_DIR / "package-lock.json").read_text()
    assert '"integrity": "sha512-' in lock
    assert '"resolved"' not in lock
