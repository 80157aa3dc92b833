"""One settings file, fed by the environment. README.md documents each variable."""

import re
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured
from django.utils.csp import CSP
from django.utils.translation import gettext_lazy as _
from environs import Env

BASE_DIR = Path(__file__).resolve().parent.parent

env = Env()
env.read_env(BASE_DIR / ".env", recurse=False)

VAR_DIR = env.path("VAR_DIR", BASE_DIR / "var")
VAR_DIR.mkdir(parents=True, exist_ok=True)

# --- Safe or refused -------------------------------------------------------------------

DEBUG = env.bool("DEBUG", False)
DEMO = env.bool("DEMO", False)
LOCAL_HOSTS = ["localhost", "127.0.0.1", "[::1]"]
ALLOWED_HOSTS = env.list("ALLOWED_HOSTS", LOCAL_HOSTS)
SECRET_KEY = env.str("SECRET_KEY", "")

IS_LOCAL = set(ALLOWED_HOSTS) <= {*LOCAL_HOSTS, "testserver"}
if any("*" in host or host.startswith(".") for host in ALLOWED_HOSTS):
    raise ImproperlyConfigured(
        "ALLOWED_HOSTS must name the hosts that serve Fachtag one by one; a wildcard (“*” or a "
        "dot in front) is refused."
    )
if (DEBUG or DEMO) and not IS_LOCAL:
    raise ImproperlyConfigured(
        "DEBUG and DEMO show what strangers must not see: they run on localhost only. "
        "Unset them, or unset ALLOWED_HOSTS."
    )
if not SECRET_KEY:
    if not (DEBUG or DEMO):
        raise ImproperlyConfigured(
            "SECRET_KEY is missing. Set it to a long random string that stays the same, "
            "for example what this prints: "
            "python -c 'import secrets; print(secrets.token_urlsafe(64))'"
        )
    SECRET_KEY = "for-trying-out-on-this-machine-only-" + "0123456789abcdef" * 3

# HTTPS everywhere but on the local machine, where there is no certificate.
USES_HTTPS = env.bool("USES_HTTPS", not (DEBUG or DEMO))
SECURE_SSL_REDIRECT = USES_HTTPS
# How many proxies of ours stand in front. They set X-Forwarded-Proto and append to
# X-Forwarded-For; without them anybody could claim what these say.
PROXIES = env.int("PROXIES", 0)
if PROXIES:
    SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")
SECURE_HSTS_SECONDS = 31_536_000 if USES_HTTPS else 0
SECURE_HSTS_INCLUDE_SUBDOMAINS = USES_HTTPS
SECURE_HSTS_PRELOAD = USES_HTTPS
SECURE_REFERRER_POLICY = "same-origin"
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = USES_HTTPS
if USES_HTTPS:  # browsers then take these cookies from this very host alone
    SESSION_COOKIE_NAME, CSRF_COOKIE_NAME = "__Host-sessionid", "__Host-csrftoken"
SESSION_COOKIE_AGE = int(timedelta(days=30).total_seconds())
CSRF_COOKIE_HTTPONLY = True
CSRF_FAILURE_VIEW = "conference.views.errors.csrf_failure"
X_FRAME_OPTIONS = "DENY"
SECURE_CSP: dict[str, list[str]] = {
    "default-src": [CSP.NONE],
    "script-src": [CSP.SELF],
    "style-src": [CSP.SELF],
    # KERN's icons are data URIs inside its style sheet.
    "img-src": [CSP.SELF, "data:"],
    "font-src": [CSP.SELF],
    # Streams come to the video by way of a blob: of the page's own making.
    "media-src": [CSP.SELF, "blob:"],
    "connect-src": [CSP.SELF],
    "manifest-src": [CSP.SELF],
    "form-action": [CSP.SELF],
    "base-uri": [CSP.NONE],
    "frame-ancestors": [CSP.NONE],
}

# --- The house -------------------------------------------------------------------------

INSTALLED_APPS = [
    "daphne",
    "marketplace",
    "conference",  # before django_tasks_db, whose command db_worker it replaces
    "chat",
    "channels",
    "django_htmx",
    "django_tasks_db",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "conference.storage.StaticFiles",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.middleware.csp.ContentSecurityPolicyMiddleware",
    "conference.middleware.permissions_policy",
    "conference.middleware.private_unless_said",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.auth.middleware.LoginRequiredMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "django_htmx.middleware.HtmxMiddleware",
]
ROOT_URLCONF = "conference.urls"
ASGI_APPLICATION = "conference.asgi.application"
AUTH_USER_MODEL = "conference.Person"
LOGIN_URL = "login"
LOGIN_REDIRECT_URL = "start"
LOGOUT_REDIRECT_URL = "start"
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 12},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.UserAttributeSimilarityValidator"},
]
# How long a link from a mail opens the door; the one in the welcome lasts until the event ends.
LOGIN_LINK_LIFETIME = timedelta(minutes=30)
CONFIRMATION_LINK_LIFETIME = timedelta(days=7)
# Tries to log in or register: for one address in 15 minutes, and from one network in 10. A
# town hall with hundreds of people may share one network address.
TRIES_PER_ADDRESS = 5
TRIES_PER_NETWORK = env.int("TRIES_PER_NETWORK", 120)
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
                "conference.context.site",
            ],
        },
    }
]

# --- Storage ---------------------------------------------------------------------------

DATABASES = {"default": env.dj_db_url("DATABASE_URL", f"sqlite:///{VAR_DIR}/fachtag.sqlite3")}
if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    DATABASES["default"].setdefault("OPTIONS", {}).update(
        transaction_mode="IMMEDIATE",
        timeout=20,
        init_command=(
            "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;"
            "PRAGMA temp_store=MEMORY; PRAGMA mmap_size=134217728; PRAGMA cache_size=-16000"
        ),
    )
# Requests are answered in these threads, each of which keeps its connection open; see
# ``conference.handler``.
THREADS = env.int("THREADS", 8)
DATABASES["default"].update(CONN_MAX_AGE=None, CONN_HEALTH_CHECKS=True)
if DATABASES["default"]["ENGINE"] == "django.db.backends.postgresql":
    DATABASES["default"].setdefault("OPTIONS", {}).update(connect_timeout=5)

REDIS_URL = env.str("REDIS_URL", "")
CACHES: dict[str, dict[str, Any]]
if REDIS_URL:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
            "CONFIG": {"hosts": [REDIS_URL]},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": REDIS_URL,
            "OPTIONS": {"socket_timeout": 2, "socket_connect_timeout": 2},  # seconds
        }
    }
else:
    CHANNEL_LAYERS = {
        "default": {
            "BACKEND": "channels.layers.InMemoryChannelLayer",
            # The default of 100 is dropped silently when a room is busy.
            "CONFIG": {"capacity": 10_000},
        }
    }
    CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
            # The default of 300 would forget the counts of a flood that they guard against.
            "OPTIONS": {"MAX_ENTRIES": 100_000},
        }
    }

# Pieces of pages, in each process's own memory, where they cost less than asking for them:
# they carry in their key what they depend on, or are made anew every few seconds.
CACHES["template_fragments"] = {
    "BACKEND": "django.core.cache.backends.locmem.LocMemCache",
    "LOCATION": "template_fragments",
    "OPTIONS": {"MAX_ENTRIES": 3_000},
}

MEDIA_ROOT = env.path("MEDIA_ROOT", VAR_DIR / "media")
MEDIA_URL = "/medien/"  # pictures alone; all else by addresses that ask who reads
# Where nginx finds MEDIA_ROOT as an internal location; empty: Fachtag answers itself.
MEDIA_ACCEL_PREFIX = env.str("MEDIA_ACCEL_PREFIX", "")
# Signs the addresses of films' segments (see ``conference.segments``). nginx checks them, too,
# once it has this key in its configuration, where other signs would mean something.
SEGMENT_KEY = env.str("SEGMENT_KEY", "")
if SEGMENT_KEY and not re.fullmatch(r"[A-Za-z0-9_-]{32,}", SEGMENT_KEY):
    raise ImproperlyConfigured(
        "SEGMENT_KEY must be 32 or more letters, digits, “-” and “_”, for example what this "
        "prints: python -c 'import secrets; print(secrets.token_urlsafe(32))'"
    )
SEGMENT_KEY = SEGMENT_KEY or sha256(f"segments {SECRET_KEY}".encode()).hexdigest()
FILE_UPLOAD_PERMISSIONS = 0o640
DATA_UPLOAD_MAX_MEMORY_SIZE = 2_621_440

# Bytes of a film that is handed in, at most.
VIDEO_UPLOAD_MAX = env.int("VIDEO_UPLOAD_MAX", 8 * 2**30)

STATIC_URL = "static/"
STATIC_ROOT = VAR_DIR / "static"
STATICFILES_DIRS = [
    BASE_DIR / "static",
    ("vendor/htmx", BASE_DIR / "node_modules/htmx.org/dist"),
    ("vendor/hls", BASE_DIR / "node_modules/hls.js/dist"),
    ("vendor/kern", BASE_DIR / "node_modules/@kern-ux/native/dist"),
    ("vendor/tus", BASE_DIR / "node_modules/tus-js-client/dist"),
    ("vendor/fira-sans", BASE_DIR / "node_modules/@fontsource/fira-sans"),
]
STORAGES: dict[str, dict[str, Any]] = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG
        else "conference.storage.StaticStorage"
    },
}
# An S3-compatible store instead of MEDIA_ROOT; readers get files from there.
STORAGE_URL = env.str("STORAGE_URL", "")
if STORAGE_URL:
    store = urlsplit(STORAGE_URL)
    if store.scheme not in {"s3", "s3+http"} or not (
        store.username and store.password and store.hostname and store.path.strip("/")
    ):
        raise ImproperlyConfigured(
            "STORAGE_URL must look like s3://KEY:SECRET@s3.example.org/bucket?region=eu-1"
        )
    _protocol = "http" if store.scheme == "s3+http" else "https"
    _origin = f"{_protocol}://{store.netloc.rpartition('@')[2]}"
    STORAGES["default"] = {
        "BACKEND": "conference.object_storage.ObjectStorage",
        "OPTIONS": {
            "endpoint_url": _origin,
            "access_key": unquote(store.username),
            "secret_key": unquote(store.password),
            "bucket_name": store.path.strip("/"),
            "region_name": store.query.removeprefix("region=") or "us-east-1",
        },
    }
    for _directive in ("connect-src", "img-src", "media-src"):
        SECURE_CSP[_directive].append(_origin)
WHITENOISE_USE_FINDERS = DEBUG

# --- Mail ------------------------------------------------------------------------------

DEFAULT_FROM_EMAIL = env.str("DEFAULT_FROM_EMAIL", "Fachtag <fachtag@example.org>")
MAILERS = {
    "default": {
        "BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "OPTIONS": {},
    }
}
OUTBOX = VAR_DIR / "outbox"
if DEMO:
    MAILERS["default"]["BACKEND"] = "django.core.mail.backends.filebased.EmailBackend"
    MAILERS["default"]["OPTIONS"] = {"file_path": OUTBOX}
else:
    _mail = env.dj_email_url("EMAIL_URL", "smtp://localhost:25")
    MAILERS["default"]["OPTIONS"] = {
        "host": _mail["EMAIL_HOST"],
        "port": _mail["EMAIL_PORT"],
        "username": _mail["EMAIL_HOST_USER"],
        "password": _mail["EMAIL_HOST_PASSWORD"],
        "use_tls": _mail["EMAIL_USE_TLS"],
        "use_ssl": _mail["EMAIL_USE_SSL"],
        "timeout": 10,  # seconds, for each answer of the server
    }
# Mails that go to many, and those that are tried again: at most this many a minute.
MAILS_PER_MINUTE = env.int("MAILS_PER_MINUTE", 200)
# Mails are read elsewhere, so their links need the whole address.
SITE_URL = env.str(
    "SITE_URL", f"https://{ALLOWED_HOSTS[0]}" if USES_HTTPS else "http://127.0.0.1:8000"
).rstrip("/")

# --- Tasks: what need not happen while somebody waits; see conference.worker -----------

TASKS = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}

# Captions drafted on this machine, see conference.speech; without a model there are none.
SPEECH_MODEL = env.str("SPEECH_MODEL", "")
SPEECH_ENGINE = env.str("SPEECH_ENGINE", "conference.speech.listen")

# --- Language and time -----------------------------------------------------------------

LANGUAGE_CODE = "de"
LANGUAGE_COOKIE_AGE = 31_536_000
LANGUAGE_COOKIE_SAMESITE = "Lax"
LANGUAGE_COOKIE_SECURE = USES_HTTPS
LANGUAGES = [("de", _("German")), ("en", _("English"))]
LOCALE_PATHS = [BASE_DIR / "locale"]
TIME_ZONE = "Europe/Berlin"
# Seconds by which the platform's clock runs ahead of the machine's. For the demo only.
CLOCK_SHIFT = timedelta(seconds=env.float("CLOCK_SHIFT", 0.0))
if CLOCK_SHIFT and not (DEBUG or DEMO):
    raise ImproperlyConfigured("CLOCK_SHIFT turns the clock and is for the demo only.")

SITE_NAME = env.str("SITE_NAME", "Fachtag")

LOG_LEVEL = env.str("LOG_LEVEL", "WARNING")
LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "handlers": {"console": {"class": "logging.StreamHandler"}},
    "root": {"handlers": ["console"], "level": LOG_LEVEL},
    "loggers": {"django.tasks": {"level": LOG_LEVEL}},  # or it tells of each task
}
