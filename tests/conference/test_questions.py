"""What organisers ask of those who register, and who reads the answers."""

from collections.abc import Callable
from typing import Any

import pytest
from django.core.exceptions import ValidationError
from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from conference.districts import DISTRICTS
from conference.models import Answer, Event, Person, Question, Registration
from tests.conference.test_registrations import NEW, link_in, post  # noqa: F401

Post = Callable[..., HttpResponse]
ACCESS = {
    "needs_sign_language": "on",
    "needs_captions": "",
    "other_needs": "Ein  Platz mit Rampe",
}


@pytest.fixture
def questions(event: Event) -> list[Question]:
    """A text that need not be answered, one choice that must, and several."""
    rows = [
        ("Was führt Sie her?", Question.Kind.TEXT, "", False),
        ("Wie groß ist Ihre Gemeinde?", Question.Kind.CHOICE, "klein\n\n groß \nklein", True),
        ("Was interessiert Sie?", Question.Kind.CHOICES, "Dorf\nStadt\nMarkt", False),
    ]
    return [
        Question.objects.create(
            event=event, text=text, kind=kind, choices=choices, is_required=must, position=place
        )
        for place, (text, kind, choices, must) in enumerate(rows)
    ]


@pytest.fixture
def register(event: Event, post: Post) -> Post:  # noqa: F811
    def register(**changes: Any) -> HttpResponse:
        return post(reverse("register", args=[event.slug]), NEW | ACCESS | changes)

    return register


def key(question: Question) -> str:
    return f"question_{question.pk}"


def test_there_are_35_rural_districts_and_9_cities_to_suggest(
    event: Event, client: Client
) -> None:
    assert len(set(DISTRICTS)) == 44
    assert sum("Stadtkreis" in name for name in DISTRICTS) == 9
    page = client.get(reverse("register", args=[event.slug])).text
    assert page.count("<option value=") == 44
    assert 'list="id_place_suggestions"' in page


def test_questions_stand_in_the_language_of_their_event(
    questions: list[Question], client: Client
) -> None:
    event = questions[0].event
    client.cookies["django_language"] = "en"
    text = client.get(reverse("register", args=[event.slug])).text
    assert '<html lang="en">' in text
    found = [f'<span lang="de">{question.text}</span>' in text for question in questions]
    assert found == [True] * 3


def test_answers_and_needs_are_kept_with_the_registration(
    questions: list[Question], register: Post
) -> None:
    text, choice, choices = questions
    response = register(
        **{key(text): "Neugier\nund Zeit", key(choice): "groß", key(choices): ["Dorf", "Markt"]}
    )
    assert response.status_code == 302
    registration = Registration.objects.get()
    assert [(str(one.question), one.values) for one in registration.answers.all()] == [
        ("Was führt Sie her?", ["Neugier\nund Zeit"]),
        ("Wie groß ist Ihre Gemeinde?", ["groß"]),
        ("Was interessiert Sie?", ["Dorf", "Markt"]),
    ]
    assert registration.said.needs == {
        "needs_sign_language": True,
        "needs_captions": False,
        "other_needs": "Ein Platz mit Rampe",
    }


def test_wrong_answers_are_named_and_what_was_typed_is_kept(
    questions: list[Question], register: Post
) -> None:
    text, choice, choices = questions
    response = register(**{key(text): "Neugier", key(choices): ["Mond", "Dorf"]})
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [key(choice), key(choices)]
    assert f'href="#id_{key(choices)}"' in response.text
    assert f'id="id_{key(choices)}"' in response.text
    assert "Neugier</textarea>" in response.text
    assert f'value="Dorf" id="id_{key(choices)}_0" checked' in response.text
    assert "Ein  Platz mit Rampe" in response.text
    assert not Registration.objects.exists()


def test_a_second_try_corrects_the_answers_until_the_click_and_never_after(
    questions: list[Question],
    register: Post,
    post: Post,  # noqa: F811
    mailoutbox: list,
) -> None:
    _text, choice, choices = questions
    register(**{key(choice): "groß", key(choices): ["Dorf"]})
    register(**{key(choice): "klein"})
    assert [one.values for one in Answer.objects.all()] == [[], ["klein"], []]
    post(link_in(mailoutbox[1]))
    register(email="MARIA@example.org ", other_needs="", **{key(choice): "groß"})
    assert [one.values for one in Answer.objects.all()] == [[], ["klein"], []]
    assert Registration.objects.get().other_needs == "Ein Platz mit Rampe"


def test_one_sees_and_corrects_ones_own_answers(
    event: Event,
    aylin: Person,
    questions: list[Question],
    client: Client,
    post: Post,  # noqa: F811
) -> None:
    _text, choice, choices = questions
    client.force_login(aylin)
    path = reverse("registration", args=[event.slug])
    details = {"name": "Aylin", "language": "de", key(choice): "groß", key(choices): ["Stadt"]}
    assert post(path, details | ACCESS).status_code == 302
    page = client.get(path).text
    assert '<option value="groß" selected>' in page
    assert f'value="Stadt" id="id_{key(choices)}_1" checked' in page
    assert 'value="Ein Platz mit Rampe"' in page


def test_others_read_neither_answers_nor_needs(
    event: Event, aylin: Person, gerd: Person, client: Client, register: Post
) -> None:
    registration = aylin.registrations.get()
    registration.other_needs = "Ein Platz mit Rampe"
    registration.save()
    client.force_login(gerd)
    for route in ("event", "registration", "programme", "foyer"):
        assert "Rampe" not in client.get(reverse(route, args=[event.slug])).text


@pytest.mark.parametrize("kind", [Question.Kind.CHOICE, Question.Kind.CHOICES])
def test_a_choice_needs_two_to_choose_from(event: Event, kind: str) -> None:
    question = Question(event=event, text="Welche?", kind=kind, choices="eine\n\n")
    with pytest.raises(ValidationError) as raised:
        question.full_clean()
    assert list(raised.value.message_dict) == ["choices"]
    question.choices += "andere"
    question.full_clean()


@pytest.mark.parametrize("count", [1, 3])
def test_the_form_asks_as_often_for_one_question_as_for_three(
    event: Event,
    client: Client,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(count):
        Question.objects.create(event=event, text=f"Frage {number}")
    with django_assert_num_queries(4):
        client.get(reverse("register", args=[event.slug]))
