"""A recording that plays for all at the same time, by one clock."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from chat import clock, live
from conference.models import Event, Person, Premiere, PremierePause, Recording, Session, Video
from conference.models.premiere import ALLOWANCE, NotNow, State, TogetherOnly

LENGTH = 240  # seconds
PIECES = [
    {
        "name": "90",
        "width": 160,
        "height": 90,
        "bandwidth": 100_000,
        "codecs": "avc1.64001f",
        "segments": [6.0] * (LENGTH // 6),
    }
]
DOORS = ["delay", "start", "pause", "go_on", "end"]
Travel = Callable[[float], Any]


@pytest.fixture
def greeting(event: Event, now: datetime) -> Session:
    return Session.objects.create(
        event=event,
        slug="gruss",
        kind=Session.Kind.GREETING,
        title="Grußwort",
        starts_at=now + timedelta(minutes=10),
        ends_at=now + timedelta(minutes=20),
    )


@pytest.fixture
def premiere(greeting: Session, recording: Recording) -> Premiere:
    """In ten minutes, of a film of four minutes whose pieces are there."""
    recording.duration, recording.session = timedelta(seconds=LENGTH), greeting
    recording.save()
    recording.videos.update(renditions=PIECES)
    return Premiere.objects.create(session=greeting, recording=recording)


@pytest.fixture
def at(premiere: Premiere) -> Travel:
    """``with at(30)``: so many seconds after the start of the session."""
    begin = premiere.session.starts_at
    return lambda seconds: time_machine.travel(begin + timedelta(seconds=seconds), tick=False)


def fresh(premiere: Premiere) -> Premiere:
    return Premiere.objects.select_related("recording__event", "session__event").get(
        pk=premiere.pk
    )


def recording_of(premiere: Premiere) -> Recording:
    return Recording.objects.get(pk=premiere.recording_id)


def path(premiere: Premiere, verb: str = "") -> str:
    name = f"premiere_{verb}" if verb else "premiere"
    return reverse(name, args=[premiere.session.event.slug, premiere.session.slug])


# -- one clock


def test_it_plays_from_the_start_of_its_session_to_the_end_of_the_film(
    premiere: Premiere, at: Travel
) -> None:
    seen = {}
    for seconds in (-1, 0, 30, LENGTH - 1, LENGTH):
        with at(seconds):
            one = fresh(premiere)
            is_unfinished = Premiere.objects.unfinished().exists()
            seen[seconds] = (one.state.value, one.position(), is_unfinished)
    assert seen == {
        -1: ("ahead", 0, True),
        0: ("running", 0, True),
        30: ("running", 30, True),
        LENGTH - 1: ("running", LENGTH - 1, True),
        LENGTH: ("over", LENGTH, False),
    }


def test_a_moved_session_moves_it_and_so_does_a_moved_event(premiere: Premiere) -> None:
    premiere.delay(5)
    Session.objects.filter(pk=premiere.session_id).update(
        starts_at=premiere.session.starts_at - timedelta(minutes=1)
    )
    assert fresh(premiere).is_delayed
    before = fresh(premiere).begins_at
    premiere.session.event.move(7)
    assert fresh(premiere).begins_at - before == timedelta(days=7)


def test_a_pause_stops_it_for_all_and_it_goes_on_from_the_same_second(
    premiere: Premiere, at: Travel
) -> None:
    with at(60):
        fresh(premiere).pause()
    with at(100):
        assert (fresh(premiere).state, fresh(premiere).position()) == (State.PAUSED, 60)
        fresh(premiere).go_on()
    with at(110):
        assert (fresh(premiere).state, fresh(premiere).position()) == (State.RUNNING, 70)
    with at(LENGTH + 39):
        assert fresh(premiere).state == State.RUNNING
    with at(LENGTH + 40):
        assert fresh(premiere).state == State.OVER
    assert fresh(premiere).position(premiere.session.starts_at) == 0


def test_each_moment_of_it_is_a_moment_of_the_film(premiere: Premiere, at: Travel) -> None:
    for verb, seconds in [("pause", 60), ("go_on", 100), ("pause", 120), ("go_on", 130)]:
        with at(seconds):
            getattr(fresh(premiere), verb)()
    begin = premiere.session.starts_at
    seconds = [-1, 0, 59, 60, 80, 100, 110, 125, 140, LENGTH + 50, LENGTH + 51]
    with at(LENGTH + 60):
        found = fresh(premiere).seconds_at(begin + timedelta(seconds=one) for one in seconds)
    assert found == [None, 0, 59, 60, 60, 60, 70, 80, 90, LENGTH, None]


@pytest.mark.parametrize(
    ("seconds", "verbs"),
    [
        (-60, {"delay", "start_now"}),
        (60, {"pause", "end"}),
        (LENGTH + 1, set()),
    ],
)
def test_what_does_not_fit_the_moment_is_refused(
    premiere: Premiere, at: Travel, seconds: float, verbs: set[str]
) -> None:
    done = set()
    for verb in ("delay", "start_now", "pause", "go_on", "end"):
        Premiere.objects.update(starts_at=None, paused_at=None, ended_at=None)
        with at(seconds):
            try:
                getattr(fresh(premiere), verb)(*([5] if verb == "delay" else []))
                done.add(verb)
            except NotNow:
                continue
    assert done == verbs


def test_of_two_who_turn_it_at_once_one_is_told_so(premiere: Premiere, at: Travel) -> None:
    with at(60):
        one, other = fresh(premiere), fresh(premiere)
        one.pause()
        with pytest.raises(NotNow, match="Jemand anderes"):
            other.end()
    assert fresh(premiere).ended_at is None


def test_without_a_film_in_pieces_it_waits_for_one(premiere: Premiere, at: Travel) -> None:
    Video.objects.update(renditions=[])
    with pytest.raises(NotNow):
        fresh(premiere).start_now()
    with at(60):
        assert fresh(premiere).shown_state == State.AHEAD
        fresh(premiere).delay(5)
        assert fresh(premiere).state == State.AHEAD


def test_a_rehearsal_leaves_no_trace(premiere: Premiere, at: Travel) -> None:
    for verb, seconds in [("pause", 10), ("go_on", 20), ("end", 30)]:
        with at(seconds):
            getattr(fresh(premiere), verb)()
    fresh(premiere).rewind()
    with at(30):
        assert fresh(premiere).position() == 30
    assert not PremierePause.objects.exists()


def test_its_room_is_told_of_each_turn(
    premiere: Premiere,
    at: Travel,
    monkeypatch: pytest.MonkeyPatch,
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    told: list[Any] = []
    monkeypatch.setattr(live, "tell_room", lambda *frame: told.append(frame))
    with at(60), django_capture_on_commit_callbacks(execute=True):
        fresh(premiere).pause()
    begin = round(premiere.session.starts_at.timestamp() * 1000)
    facts = {"begins": begin, "paused": begin + 60_000, "ended": None}
    facts |= {"length": LENGTH, "ready": True}
    assert told == [(premiere.session.room_id, {"premiere": facts})]


# -- nobody runs ahead


def test_before_and_while_it_plays_nobody_has_the_recording_alone(
    premiere: Premiere, at: Travel, aylin: Person, olga: Person, katrin: Person
) -> None:
    Recording.objects.update(available_from=premiere.session.starts_at - timedelta(days=1))
    seen = {}
    for seconds in (-60, 60, LENGTH):
        with at(seconds):
            recording = recording_of(premiere)
            seen[seconds] = (
                is_open(recording, aylin),
                is_open(recording, aylin, in_premiere=True),
                is_open(recording, olga, in_premiere=True),
                Recording.objects.visible_to(aylin).exists(),
                recording.released_until(aylin),
            )
            assert is_open(recording, katrin)
            assert recording.released_until(katrin) is None
            assert Recording.objects.visible_to(katrin).exists()
    assert seen == {
        -60: (False, False, False, False, ALLOWANCE),
        60: (False, True, False, False, 60 + ALLOWANCE),
        LENGTH: (True, True, False, True, None),
    }


def test_its_playlists_end_where_it_is_and_the_plain_video_is_shut(
    premiere: Premiere, client: Client, at: Travel, aylin: Person
) -> None:
    Recording.objects.update(available_from=premiere.session.starts_at)
    film = Video.objects.get()
    place = [premiere.session.event.slug, premiere.recording.slug]
    doors = [
        reverse("recording_video", args=place),
        reverse("recording_playlist", args=[*place, film.pk]),
        pieces := reverse("recording_rendition", args=[*place, film.pk, "90"]),
        premiere.recording.get_absolute_url(),
    ]
    client.force_login(aylin)
    seen = {}
    for seconds in (-60, 60, LENGTH):
        with at(seconds):
            answers = [client.get(door).status_code for door in doors]
            text = client.get(pieces).text
            seen[seconds] = (answers, text.count(".m4s"), "ENDLIST" in text)
    until = (60 + ALLOWANCE) // 6 + 1
    assert seen == {
        -60: ([403, 403, 403, 403], 0, False),
        60: ([403, 200, 200, 403], until, False),
        LENGTH: ([200, 200, 200, 200], LENGTH // 6, True),
    }


def is_open(recording: Recording, person: Person, **how: bool) -> bool:
    try:
        recording.open_to(person, **how)
    except TogetherOnly:
        return False
    except Exception:
        return False
    return True


def test_afterwards_the_recordings_own_rules_hold(
    premiere: Premiere, at: Travel, aylin: Person
) -> None:
    Recording.objects.update(available_from=premiere.session.starts_at + timedelta(days=1))
    with at(60):
        assert is_open(recording_of(premiere), aylin, in_premiere=True)
        fresh(premiere).end()
    with at(61):
        assert not is_open(recording_of(premiere), aylin, in_premiere=True)
        Recording.objects.update(available_from=clock.now())
        assert is_open(recording_of(premiere), aylin)


def test_a_premiere_that_is_called_off_keeps_nothing_shut(
    premiere: Premiere, at: Travel, aylin: Person
) -> None:
    Session.objects.filter(pk=premiere.session_id).update(called_off_at=clock.now())
    with at(60):
        assert is_open(recording_of(premiere), aylin)
        assert fresh(premiere).state == State.OVER


# -- pages and doors


def test_the_clock_asks_no_database(
    client: Client, aylin: Person, django_assert_num_queries: Callable[[int], Any]
) -> None:
    client.force_login(aylin)
    with time_machine.travel(1_700_000_000, tick=False), django_assert_num_queries(0):
        response = client.get(reverse("clock"))
    assert (response.json(), response["Cache-Control"]) == (
        {"now": 1_700_000_000_000},
        "max-age=0, no-cache, no-store, must-revalidate, private",
    )


def test_how_it_stands_is_for_all_and_its_controls_for_those_who_run_it(
    premiere: Premiere, client: Client, aylin: Person, katrin: Person
) -> None:
    part = {"HX-Request": "true"}
    assert client.get(path(premiere)).json() == premiere.told
    assert client.get(path(premiere), headers=part).status_code == 403
    for person, status in [(aylin, 403), (katrin, 200)]:
        client.force_login(person)
        assert client.get(path(premiere), headers=part).status_code == status
    Event.objects.update(published_at=None)
    client.logout()
    assert client.get(path(premiere)).status_code == 404


@pytest.mark.parametrize("verb", DOORS)
def test_who_runs_the_event_turns_it_and_nobody_else(
    premiere: Premiere, client: Client, aylin: Person, petra: Person, katrin: Person, verb: str
) -> None:
    door = path(premiere, verb)
    assert client.get(door).status_code in (302, 405)
    assert client.post(door).url == f"{reverse('login')}?next={door}"
    for person in (aylin, petra):
        client.force_login(person)
        assert client.post(door, {"minutes": 5}).status_code == 403
    client.force_login(katrin)
    assert client.post(door, {"minutes": 5}).url == premiere.get_absolute_url()


def test_organisers_delay_start_pause_go_on_and_end_it(
    premiere: Premiere, client: Client, katrin: Person, at: Travel
) -> None:
    client.force_login(katrin)

    def say(verb: str, **fields: int) -> str:
        answer = client.post(path(premiere, verb), fields, follow=True)
        return str([*answer.context["messages"]][-1])

    assert say("delay", minutes=500) == "Bitte geben Sie 1 bis 240 Minuten ein."
    assert say("delay", minutes=5).startswith("Die Premiere beginnt 5 Minuten später.")
    assert say("pause") == "Die Premiere läuft gerade nicht."
    with at(0):
        assert say("start") == "Die Premiere beginnt in wenigen Sekunden, für alle."
    with at(65):
        assert say("pause") == "Die Premiere ist für alle angehalten, bei 1:00."
    with at(70):
        assert say("go_on") == "Die Premiere läuft für alle weiter."
        assert say("end") == "Die Premiere ist für alle beendet."
    assert fresh(premiere).state == State.OVER or fresh(premiere).ended_at is not None


def test_the_page_shows_each_what_they_may_do(
    premiere: Premiere, client: Client, at: Travel, aylin: Person, olga: Person, katrin: Person
) -> None:
    def page(person: Person) -> tuple[bool, ...]:
        client.force_login(person)
        text = client.get(premiere.get_absolute_url()).text
        return tuple(
            part in text
            for part in ("<video-premiere", "<template>", "<video-player", "premiere-leitung")
        )

    client.force_login(olga)
    assert "angemeldet sind" in client.get(premiere.get_absolute_url()).text
    assert [page(one) for one in (olga, aylin, katrin)] == [
        (False, False, False, False),
        (True, True, True, False),
        (True, True, True, True),
    ]


# -- afterwards


def test_what_was_said_comes_again_at_its_second_for_who_may_read_it(
    premiere: Premiere, client: Client, at: Travel, aylin: Person, gerd: Person, olga: Person
) -> None:
    session, door = premiere.session, replay_of(premiere)
    Recording.objects.update(available_from=session.starts_at)
    session.enter(aylin)
    session.enter(gerd)
    said = [
        (-5, "Bin da"),
        (10, "Guten Morgen"),
        (70, "Pause!"),
        (130, "Weiter"),
        (140, "Nein"),
    ]
    for seconds, text in said:
        with at(seconds):
            session.room.post(aylin, text, uuid4())
        if text == "Guten Morgen":
            with at(60):
                fresh(premiere).pause()
        if text == "Pause!":
            with at(120):
                fresh(premiere).go_on()
    session.room.messages.get(body="Nein").delete_by(aylin)
    with at(LENGTH + 61):
        session.room.post(gerd, "Danke", uuid4())
        client.force_login(gerd)
        lines = client.get(door).json()["lines"]
        assert [(line["at"], line["author"], line["html"]) for line in lines] == [
            (10, aylin.name, "Guten Morgen"),
            (60, aylin.name, "Pause!"),
            (70, aylin.name, "Weiter"),
        ]
        client.force_login(olga)
        assert client.get(door).status_code == 403
        client.logout()
        assert client.get(door).url == f"{reverse('login')}?next={door}"
    with at(30):
        client.force_login(gerd)
        assert client.get(door).status_code == 403


def replay_of(premiere: Premiere) -> str:
    return reverse("chat_replay", args=[premiere.session.event.slug, premiere.recording.slug])


@pytest.mark.parametrize("count", [1, 3])
def test_its_replay_asks_as_often_for_one_line_as_for_three(
    premiere: Premiere,
    client: Client,
    at: Travel,
    aylin: Person,
    count: int,
    django_assert_num_queries: Callable[[int], Any],
) -> None:
    Recording.objects.update(available_from=premiere.session.starts_at)
    premiere.session.enter(aylin)
    for number in range(count):
        with at(number):
            premiere.session.room.post(aylin, f"Nachricht {number}", uuid4())
    with at(LENGTH):
        client.force_login(aylin)
        with django_assert_num_queries(18):
            assert len(client.get(replay_of(premiere)).json()["lines"]) == count
