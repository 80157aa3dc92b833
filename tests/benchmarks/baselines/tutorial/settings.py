"""What the tutorial's ``mysite/settings.py`` says, with DEBUG off; LAYER picks the layer."""

import os

SECRET_KEY = "for-the-benchmark-only"
ALLOWED_HOSTS = ["127.0.0.1"]
INSTALLED_APPS = [
    "daphne",
    "tests.benchmarks.baselines.tutorial",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
]
ASGI_APPLICATION = "tests.benchmarks.baselines.tutorial.asgi.application"
ROOT_URLCONF = "tests.benchmarks.baselines.tutorial.routing"
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
USE_TZ = True
# As durable as ours (a commit is on the disk when it returns), and as fast as that may be.
DATABASES = {
    "default": {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": os.environ.get("TUTORIAL_DATABASE", ":memory:"),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL",
        },
    }
}
# Without that, redis-py 8 gives up reading after five seconds, which is how long the core
# layer waits for a message: whoever hears nothing for so long would lose the socket.
REDIS = {"address": os.environ.get("REDIS_URL", ""), "socket_timeout": None}
CHANNEL_LAYERS = {
    "memory": {"BACKEND": "channels.layers.InMemoryChannelLayer"},
    "core": {
        "BACKEND": "channels_redis.core.RedisChannelLayer",
        "CONFIG": {"hosts": [REDIS]},
    },
    "pubsub": {
        "BACKEND": "channels_redis.pubsub.RedisPubSubChannelLayer",
        "CONFIG": {"hosts": [REDIS]},
    },
}
CHANNEL_LAYERS["default"] = CHANNEL_LAYERS[os.environ.get("LAYER", "memory")]
