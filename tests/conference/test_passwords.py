from django.test import Client
from django.urls import reverse

from conference.models import Person

GOOD = "laterne-quark-ahoi"


def new_password(first: str, second: str) -> dict[str, str]:
    return {"new_password1": first, "new_password2": second}


def test_organisers_set_a_password_and_stay_logged_in(katrin: Person, client: Client) -> None:
    client.force_login(katrin)
    answer = client.post(reverse("password"), new_password(GOOD, GOOD))
    assert (answer.status_code, answer.url) == (302, reverse("admin:index"))
    katrin.refresh_from_db()
    assert katrin.check_password(GOOD)
    assert client.get(reverse("admin:index")).status_code == 200


def test_other_sessions_end(katrin: Person) -> None:
    here, elsewhere = Client(), Client()
    here.force_login(katrin)
    elsewhere.force_login(katrin)
    here.post(reverse("password"), new_password(GOOD, GOOD))
    assert elsewhere.get(reverse("admin:index")).status_code == 302


def test_a_weak_or_mistyped_one_is_told(katrin: Person, client: Client) -> None:
    client.force_login(katrin)
    for wrong in [("kurz", "kurz"), (GOOD, GOOD + "!"), ("", "")]:
        assert client.post(reverse("password"), new_password(*wrong)).status_code == 422
    katrin.refresh_from_db()
    assert not katrin.check_password("kurz")


def test_nobody_else_sets_one(aylin: Person, client: Client) -> None:
    assert client.get(reverse("password")).status_code == 302
    client.force_login(aylin)
    assert client.post(reverse("password"), new_password(GOOD, GOOD)).status_code == 403
    aylin.refresh_from_db()
    assert not aylin.has_usable_password()
