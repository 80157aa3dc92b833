"""Each start in a process of its own, as a server would see it."""

import os
import re
import subprocess
import sys

import pytest
from django.conf import settings
from django.test import Client

KEY = "Zc3rT8uJ-4kq1vNw9xYb2mLh6sDf0gPa7eRi5oUtQjWlKnHyBzXcVdSgMpFa"
PRODUCTION = {"SECRET_KEY": KEY, "ALLOWED_HOSTS": "fachtag.example.org"}
SOURCE = (settings.BASE_DIR / "conference/settings.py").read_text()
VARIABLES = set(re.findall(r'\benv\.\w+\(\s*"([A-Z_]+)"', SOURCE))


def start(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in VARIABLES}
    return subprocess.run(
        [sys.executable, "manage.py", *(arguments or ["check"])],
        env=clean
        | {"DJANGO_SETTINGS_MODULE": "conference.settings", "VAR_DIR": os.environ["VAR_DIR"]}
        | environment,
        cwd=settings.BASE_DIR,
        capture_output=True,
        text=True,
        check=False,
    )


def ask(expression: str, **environment: str) -> str:
    answer = start(
        "shell",
        "-v0",
        "-c",
        f"from django.conf import settings; print({expression})",
        **environment,
    )
    assert answer.returncode == 0, answer.stderr
    return answer.stdout.strip()


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({"ALLOWED_HOSTS": "fachtag.example.org"}, "SECRET_KEY is missing. Set it to"),
        ({**PRODUCTION, "DEBUG": "1"}, "DEBUG and DEMO show what strangers must not see"),
        ({**PRODUCTION, "DEMO": "1"}, "DEBUG and DEMO show what strangers must not see"),
        ({**PRODUCTION, "ALLOWED_HOSTS": "*"}, "ALLOWED_HOSTS must name the hosts"),
        ({**PRODUCTION, "ALLOWED_HOSTS": ".example.org"}, "ALLOWED_HOSTS must name the hosts"),
        ({**PRODUCTION, "CLOCK_SHIFT": "60"}, "CLOCK_SHIFT turns the clock"),
        ({**PRODUCTION, "SEGMENT_KEY": "kurz"}, "SEGMENT_KEY must be 32 or more letters"),
        ({**PRODUCTION, "STORAGE_URL": "s3://host/b"}, "STORAGE_URL must look like s3://KEY"),
    ],
)
def test_an_unsafe_start_is_refused_with_a_sentence(
    environment: dict[str, str], sentence: str
) -> None:
    refused = start(**environment)
    assert refused.returncode != 0
    assert f"ImproperlyConfigured: {sentence}" in refused.stderr


def test_production_passes_the_deployment_check() -> None:
    passed = start("check", "--deploy", "--fail-level", "DEBUG", **PRODUCTION)
    assert (passed.returncode, passed.stdout) == (
        0,
        "System check identified no issues (0 silenced).\n",
    )


def test_the_demo_needs_no_other_setting() -> None:
    assert start(DEMO="1").returncode == 0


def test_only_a_proxy_of_ours_may_say_that_https_was_used() -> None:
    assert ask("settings.SECURE_PROXY_SSL_HEADER", **PRODUCTION) == "None"
    told = ask("settings.SECURE_PROXY_SSL_HEADER", **PRODUCTION, PROXIES="1")
    assert told == "('HTTP_X_FORWARDED_PROTO', 'https')"


def test_cookies_belong_to_this_very_host() -> None:
    names = "settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME"
    assert ask(names, **PRODUCTION) == "__Host-sessionid __Host-csrftoken"


def test_postgresql_keeps_its_connections_and_looks_at_them_first() -> None:
    database = "settings.DATABASES['default']"
    keys = "('ENGINE', 'HOST', 'PORT', 'CONN_MAX_AGE', 'CONN_HEALTH_CHECKS')"
    shown = ask(
        f"[{database}[key] for key in {keys}]",
        **PRODUCTION,
        DATABASE_URL="postgres://fachtag:secret@db.example.org:5433/fachtag",
    )
    assert shown == "['django.db.backends.postgresql', 'db.example.org', 5433, None, True]"


def test_an_object_store_may_be_read_from_pages() -> None:
    shown = ask(
        "[settings.STORAGES['default']['OPTIONS'], settings.SECURE_CSP['media-src'][-1]]",
        **PRODUCTION,
        STORAGE_URL="s3://key:se%2Fcret@s3.example.org/fachtag?region=eu-1",
    )
    options = {"endpoint_url": "https://s3.example.org", "access_key": "key"}
    options |= {"secret_key": "se/cret", "bucket_name": "fachtag", "region_name": "eu-1"}
    assert shown == str([options, "https://s3.example.org"])


def test_sqlite_is_careful_and_quick() -> None:
    from django.db import connection

    if connection.vendor != "sqlite":
        pytest.skip("runs on SQLite only")
    assert connection.settings_dict["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert "PRAGMA journal_mode=WAL" in connection.settings_dict["OPTIONS"]["init_command"]


def test_every_variable_stands_in_the_readme() -> None:
    readme = (settings.BASE_DIR / "README.md").read_text()
    documented = re.findall(r"^\| `([A-Z_]+)` \|", readme, re.MULTILINE)
    assert sorted(documented) == sorted(VARIABLES)


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("address", "kept"),
    [
        ("/", "private"),
        ("/gibt-es-nicht/", "private"),
        ("/fachtag.webmanifest", "max-age=86400"),
    ],
)
def test_no_cache_between_keeps_pages_for_others(
    address: str, kept: str, client: Client
) -> None:
    assert client.get(address).headers["Cache-Control"] == kept


@pytest.mark.django_db
def test_pages_say_what_browsers_must_not_do(client: Client) -> None:
    headers = client.get("/").headers
    assert headers["Permissions-Policy"].startswith("camera=(), geolocation=()")
    assert headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'"
    )
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
