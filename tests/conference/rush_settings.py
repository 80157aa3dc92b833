"""What the rush runs with: mails are written, and sent by nobody."""

from tests.settings import *  # noqa: F403

TASKS = {"default": {"BACKEND": "django.tasks.backends.dummy.DummyBackend", "QUEUES": []}}
