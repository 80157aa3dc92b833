"""Questions at a moment of an impulse talk."""

import json
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from conference.forms import VideoQuestionForm
from conference.models import Forum, Person, Recording, Session, VideoQuestion
from conference.models.video_question import QUESTIONS


@pytest.fixture
def talk(recording: Recording, forum: Forum, petra: Person) -> Recording:
    """An impulse talk of ten minutes for Petra's forum, whose round is running."""
    cache.clear()
    recording.forum, recording.duration = forum, timedelta(minutes=10)
    recording.save()
    return recording


@pytest.fixture
def question(talk: Recording, aylin: Person) -> VideoQuestion:
    VideoQuestion.ask(talk, aylin, 192, "Wer zahlt das nach drei Jahren?")
    return VideoQuestion.objects.get()


def door(talk: Recording) -> str:
    return reverse("video_question", args=[talk.event.slug, talk.slug])


def desk(talk: Recording, question: VideoQuestion, verb: str = "settle") -> str:
    forum = talk.forum
    assert forum is not None
    return reverse(f"video_question_{verb}", args=[talk.event.slug, forum.number, question.pk])


@pytest.mark.parametrize(
    ("text", "seconds"),
    [("3:12", 192), ("1:00:05", 3605), ("0:00", 0), ("", 0)]
    + [(text, None) for text in ("3", "3:75", "drei", "1:2:3:4", "-1:00", "٣:12")],
)
def test_a_moment_is_written_as_players_write_it(text: str, seconds: int | None) -> None:
    form = VideoQuestionForm({"body": "Warum?", "seconds": text})
    assert (form.cleaned_data["seconds"] if form.is_valid() else None) == seconds


def test_a_question_is_asked_at_a_moment_without_scripts(
    talk: Recording, client: Client, aylin: Person
) -> None:
    client.force_login(aylin)
    assert 'action="' + door(talk) in client.get(talk.get_absolute_url()).text
    answer = client.post(door(talk), {"body": "Wer zahlt?", "seconds": "3:12"})
    assert answer.url == talk.get_absolute_url()
    asked = VideoQuestion.objects.get()
    assert (asked.person, asked.seconds, asked.body) == (aylin, 192, "Wer zahlt?")
    assert asked.get_absolute_url() == f"{talk.get_absolute_url()}#t=192"
    assert "Wer zahlt?" in client.get(talk.get_absolute_url()).text


def test_what_is_wrong_is_said_beside_what_was_written(
    talk: Recording, client: Client, aylin: Person
) -> None:
    client.force_login(aylin)
    answer = client.post(door(talk), {"body": "Wer zahlt?", "seconds": "drei"})
    assert answer.status_code == 422
    assert ("zum Beispiel 3:12." in answer.text, "Wer zahlt?</textarea>" in answer.text) == (
        True,
        True,
    )
    for _number in range(QUESTIONS):
        client.post(door(talk), {"body": "Wer zahlt?", "seconds": "0:01"})
    answer = client.post(door(talk), {"body": "Und dann?", "seconds": "0:01"})
    assert (answer.status_code, VideoQuestion.objects.count()) == (429, QUESTIONS)


def test_who_may_ask(
    talk: Recording, client: Client, aylin: Person, olga: Person, now: datetime
) -> None:
    said = {"body": "Wer zahlt?", "seconds": "0:10"}
    assert client.post(door(talk), said).url == f"{reverse('login')}?next={door(talk)}"
    client.force_login(olga)
    assert client.post(door(talk), said).status_code == 403
    client.force_login(aylin)
    Recording.objects.update(available_from=now + timedelta(hours=1))
    assert client.post(door(talk), said).status_code == 403
    Recording.objects.update(available_from=now)
    Session.objects.update(starts_at=now - timedelta(hours=2), ends_at=now)
    assert client.post(door(talk), said).status_code == 409
    Recording.objects.update(forum=None)
    assert client.post(door(talk), said).status_code == 409
    assert not VideoQuestion.objects.exists()


def test_its_author_withdraws_it_and_nobody_else(
    talk: Recording, question: VideoQuestion, client: Client, aylin: Person, gerd: Person
) -> None:
    path = reverse("video_question_end", args=[talk.event.slug, talk.slug, question.pk])
    client.force_login(gerd)
    assert client.post(path).status_code == 404
    assert question.body not in client.get(talk.get_absolute_url()).text
    client.force_login(aylin)
    assert client.post(path).url == talk.get_absolute_url()
    assert not VideoQuestion.objects.exists()


def test_moderators_and_organisers_find_it_with_its_spot_and_put_it_away(
    talk: Recording,
    question: VideoQuestion,
    client: Client,
    aylin: Person,
    petra: Person,
    katrin: Person,
) -> None:
    forum = talk.forum
    assert forum is not None
    page = forum.get_absolute_url()
    for verb in ("settle", "reopen"):
        path = desk(talk, question, verb)
        client.logout()
        assert client.post(path).url == f"{reverse('login')}?next={path}"
        for person, status in [(aylin, 403), (petra, 302), (katrin, 302)]:
            client.force_login(person)
            assert client.post(path).status_code == status
        question.refresh_from_db()
        assert (question.settled_at is not None) == (verb == "settle")
    seen = {}
    for person in (aylin, petra, katrin):
        client.force_login(person)
        text = client.get(page).text
        seen[person.name] = (
            question.body in text,
            f'href="{question.get_absolute_url()}"' in text,
        )
    assert seen == {
        aylin.name: (False, False),
        petra.name: (True, True),
        katrin.name: (True, True),
    }


@pytest.mark.parametrize("count", [1, 3])
def test_their_list_asks_as_often_for_one_as_for_three(
    talk: Recording,
    aylin: Person,
    petra: Person,
    client: Client,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    for number in range(count):
        VideoQuestion.ask(talk, aylin, number, "Warum?")
    assert talk.forum is not None
    client.force_login(petra)
    with django_assert_num_queries(24):
        client.get(talk.forum.get_absolute_url())


def test_it_is_taken_along_and_deleted_with_its_author(
    question: VideoQuestion, client: Client, aylin: Person
) -> None:
    client.force_login(aylin)
    data = json.loads(client.get(reverse("my_data")).content)
    assert [(one["seconds"], one["text"]) for one in data["questions"]] == [
        (192, question.body)
    ]
    aylin.forget()
    assert not VideoQuestion.objects.exists()
