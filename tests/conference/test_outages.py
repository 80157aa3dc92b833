import pytest
from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.db import InterfaceError, OperationalError
from django.http import HttpResponse
from django.test import Client, RequestFactory
from pytest_django import Settings
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from conference.views import errors


def answer_to(error: Exception, rf: RequestFactory, **headers: str) -> HttpResponse:
    try:
        raise error
    except type(error):
        return errors.server_error(rf.get("/", headers=headers))


@pytest.mark.parametrize(
    "error", [OperationalError, InterfaceError, RedisConnectionError, RedisTimeoutError]
)
def test_a_part_that_is_away_is_told_and_asked_for_nothing(
    error: type[Exception], rf: RequestFactory
) -> None:
    answer = answer_to(error("gone"), rf)  # without a database: any query would fail here
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "30"
    assert "<h1>Gleich wieder da</h1>" in answer.content.decode()


def test_a_mistake_of_ours_stays_a_mistake(rf: RequestFactory) -> None:
    answer = answer_to(ValueError("oops"), rf)
    assert answer.status_code == 500
    assert "<h1>Da ist uns ein Fehler unterlaufen</h1>" in answer.content.decode()


@pytest.mark.parametrize(("error", "status"), [(OperationalError, 503), (ValueError, 500)])
def test_htmx_gets_a_sentence_beside_what_stands(
    error: type[Exception], status: int, rf: RequestFactory
) -> None:
    answer = answer_to(error("gone"), rf, **{"HX-Request": "true"})
    assert answer.status_code == status
    assert answer.headers["HX-Retarget"] == "#meldungen"
    assert answer.content.decode().strip().startswith('<div class="kern-alert')


def test_it_is_the_answer_wherever_the_database_is_asked(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*args: object) -> None:
        raise OperationalError("gone")

    monkeypatch.setattr(SessionStore, "load", fail)
    client.cookies[settings.SESSION_COOKIE_NAME] = "somebody"
    client.raise_request_exception = False
    assert client.get("/verwaltung/").status_code == 503


@pytest.mark.django_db
def test_redis_that_is_away_is_told_too(client: Client, settings: Settings) -> None:
    settings.CACHES = {
        "default": {
            "BACKEND": "django.core.cache.backends.redis.RedisCache",
            "LOCATION": "redis://127.0.0.1:1",  # nobody listens there
        }
    }
    client.raise_request_exception = False
    answer = client.post("/anmelden/", {"email": "aylin@example.org"})
    assert answer.status_code == 503
    assert "<h1>Gleich wieder da</h1>" in answer.content.decode()
