"""The house's settings, with commits that are on the disk when they return.

STOCK takes back what the house does for its pages: see ``baselines/stock.py``.
"""

import os

from conference.settings import *  # noqa: F403
from conference.settings import CACHES, DATABASES

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    options = DATABASES["default"]["OPTIONS"]
    options["init_command"] = options["init_command"].replace(
        "synchronous=NORMAL", "synchronous=FULL"
    )
if os.environ.get("STOCK"):
    DATABASES["default"].update(CONN_MAX_AGE=0, CONN_HEALTH_CHECKS=False)
    CACHES["template_fragments"] = {"BACKEND": "django.core.cache.backends.dummy.DummyCache"}
