import pytest
from django.db import IntegrityError
from hypothesis import given
from hypothesis import strategies as st

from conference.models import Person
from conference.models.person import tidy_address


@given(st.one_of(st.text(), st.emails(), st.tuples(st.text(), st.text()).map("@".join)))
def test_tidying_an_address_twice_changes_nothing_more(text: str) -> None:
    once = tidy_address(text)
    assert tidy_address(once) == once
    assert once.split() in ([once], [])


def test_addresses_in_capitals_do_not_get_into_the_database(db: None) -> None:
    with pytest.raises(IntegrityError):
        Person.objects.create(email="Aylin@example.org", name="Aylin")


def test_who_is_entered_without_a_password_cannot_use_one(db: None) -> None:
    person = Person.objects.create_user(" New@Example.ORG", name="New")
    assert person.email == "new@example.org"
    assert not person.has_usable_password()
    assert person.confirmed_at is not None
    assert Person.objects.get_by_natural_key("NEW@example.org ") == person


@pytest.mark.parametrize(
    ("name", "initials"), [("Aylin Yilmaz", "AY"), ("Anna Maria von Berg", "AB"), ("Bo", "B")]
)
def test_initials_are_the_first_and_last_names(name: str, initials: str) -> None:
    assert Person(name=name).initials == initials
