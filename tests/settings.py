"""The house's settings as tests see them: the demo's, with a directory of their own."""

import os
from tempfile import TemporaryDirectory

_directory = TemporaryDirectory(prefix="fachtag-", ignore_cleanup_errors=True)
os.environ["DEMO"] = "1"
os.environ["VAR_DIR"] = _directory.name
# Set here, so that nobody's .env file decides what the tests run on.
os.environ.setdefault("DATABASE_URL", f"sqlite:///{_directory.name}/fachtag.sqlite3")
os.environ.setdefault("REDIS_URL", "")
os.environ.setdefault("CLOCK_SHIFT", "0")

from conference.settings import *  # noqa: E402, F403
from conference.settings import CACHES, DATABASES, STATIC_ROOT, STORAGES, VAR_DIR  # noqa: E402

# Made from the models, which takes half a second; migrations make the same (``make check``),
# and make it in tests/test_services.py, in the faults' and in the demo's tests.
DATABASES["default"]["TEST"] = {"MIGRATE": False}
# A file, so that the threads and processes of a test share the database.
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"]["TEST"]["NAME"] = VAR_DIR / "test.sqlite3"
# Hashed names need collectstatic, which the browser tests' server runs for itself.
STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
STATIC_ROOT.mkdir()
# Each page is made anew, except where a test is about that: see the fixture ``fragments``.
CACHES["template_fragments"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
# Tasks run at once, within the test; tests/conference/test_worker.py starts real workers.
TASKS = {
    "default": {"BACKEND": "django.tasks.backends.immediate.ImmediateBackend", "QUEUES": []}
}
