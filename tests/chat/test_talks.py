"""Direct messages: between two who both said yes, and nobody else's to read."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from uuid import uuid4

import pytest
from channels.db import database_sync_to_async
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from chat import notices, presence
from chat.finding import find
from chat.models import Membership, Message, Reachable, Report, Role, Room, Talk
from chat.models.message import NotYours
from chat.models.posting import NotAdmitted
from chat.models.reaction import react
from chat.models.report import report
from chat.models.talk import (
    FIRST_WORDS,
    Blocked,
    EnoughForToday,
    NotAcceptedYet,
    NotAnsweredYet,
    OwnDoorShut,
    Unreachable,
)
from chat.refusal import Refusal
from conference.models import Event, Person, Registration
from tests.chat.test_hub import hear, socket_of

JSON = {"Accept": "application/json"}
TALKS = reverse("chat:talks")
UNREACHABLE = "Diese Person ist über Direktnachrichten nicht erreichbar."


@pytest.fixture
def foyer(event: Event, aylin: Person, gerd: Person) -> Room:
    """Where Aylin and Gerd come upon each other; both may be written to."""
    for person in (aylin, gerd):
        event.enter(person)
        Reachable.say(person, is_reachable=True)
    return event.room


@pytest.fixture
def request_(foyer: Room, aylin: Person, gerd: Person) -> Talk:
    """Aylin has asked Gerd."""
    return begin(aylin, gerd, foyer).room.talk


@pytest.fixture
def talk(request_: Talk, gerd: Person) -> Talk:
    """He has accepted."""
    request_.accept(gerd)
    return Talk.objects.select_related("room").get()


def begin(person: Person, other: Person, room: Room, body: str = "Guten Tag") -> Message:
    return Talk.begin(person, other, body, uuid4(), room)


def say(talk: Talk, person: Person, body: str = "Guten Tag") -> Message:
    return talk.room.post(person, body, uuid4())


def path(name: str, *args: int) -> str:
    return reverse(f"chat:{name}", args=args)


# -- who may be written to


def test_nobody_is_written_to_who_has_not_said_so(
    foyer: Room, aylin: Person, gerd: Person
) -> None:
    Reachable.say(gerd, is_reachable=False)
    with pytest.raises(Unreachable):
        begin(aylin, gerd, foyer)
    with pytest.raises(OwnDoorShut):  # nor writes who could not be answered
        begin(gerd, aylin, foyer)
    assert (Talk.objects.count(), Room.objects.filter(is_direct=True).count()) == (0, 0)


def test_only_people_of_one_event_write_to_each_other(
    foyer: Room, aylin: Person, olga: Person, gerd: Person
) -> None:
    Reachable.say(olga, is_reachable=True)
    foyer.admit(olga)
    for one, other in [(aylin, olga), (olga, aylin)]:
        with pytest.raises(Unreachable):
            begin(one, other, foyer)
    gerd.is_active = False
    gerd.save(update_fields=["is_active"])
    with pytest.raises(Unreachable):
        begin(aylin, gerd, foyer)


def test_one_says_so_and_takes_it_back(client: Client, foyer: Room, aylin: Person) -> None:
    client.force_login(aylin)
    for word, is_reachable in [("no", False), ("yes", True), ("yes", True), ("", False)]:
        answer = client.post(path("reach"), {"reachable": word, "next": "/chat/hinweise/"})
        assert (answer.url, Reachable.is_said_by(aylin)) == ("/chat/hinweise/", is_reachable)
    assert "Direktnachrichten sind ausgeschaltet." in client.get(TALKS).text
    assert client.get(path("reach")).status_code == 405
    client.logout()
    assert client.post(path("reach"), {"reachable": "yes"}).url.startswith("/anmelden/")


def test_nothing_tells_why_somebody_cannot_be_reached(
    client: Client, event: Event, foyer: Room, aylin: Person, gerd: Person, olga: Person
) -> None:
    client.force_login(aylin)

    def answers(pk: int) -> set[tuple[int, str]]:
        told = set()
        for answer in [
            client.get(path("direct", foyer.pk, pk)),
            client.post(path("direct", foyer.pk, pk), {"body": "Guten Tag"}),
        ]:
            main = answer.text.partition("<main")[2].partition("</main>")[0]
            told.add((answer.status_code, main))
        return told

    Reachable.say(gerd, is_reachable=False)
    said_no = answers(gerd.pk)
    [(status, text)] = said_no
    assert (status, UNREACHABLE in text, "Gerd" in text) == (403, True, False)
    assert answers(olga.pk) == answers(10**6) == answers(aylin.pk) == said_no
    Reachable.say(gerd, is_reachable=True)
    registration = Registration.objects.get(person=gerd)
    registration.cancel()
    assert answers(gerd.pk) == said_no
    foyer.admit(gerd)
    assert answers(gerd.pk) == said_no


def test_in_rooms_of_others_nobody_is_written_to(
    client: Client, foyer: Room, aylin: Person, olga: Person, gerd: Person
) -> None:
    client.force_login(olga)
    assert client.get(path("direct", foyer.pk, aylin.pk)).status_code == 403
    client.force_login(aylin)
    answer = client.get(path("direct", foyer.pk, gerd.pk))
    assert (answer.status_code, "An Gerd Hoffmann schreiben" in answer.text) == (200, True)


# -- the request


def test_the_first_message_is_a_request(
    client: Client, foyer: Room, aylin: Person, gerd: Person
) -> None:
    client.force_login(aylin)
    address, data = path("direct", foyer.pk, gerd.pk), {"body": "Guten Tag"}
    room = Room.objects.get(pk=int(client.post(address, data).url.split("/")[-2]))
    assert client.get(address).url == room.get_absolute_url()
    text = client.get(room.get_absolute_url()).text
    assert "Sobald Gerd Hoffmann sie annimmt, können Sie weiterschreiben." in text
    with pytest.raises(NotAcceptedYet):
        say(room.talk, aylin)
    with pytest.raises(NotAnsweredYet):
        say(room.talk, gerd)
    assert client.post(path("accept", room.pk)).status_code == 403
    client.force_login(gerd)
    assert "Guten Tag" in client.get(TALKS).text
    assert client.post(path("accept", room.pk)).url == room.get_absolute_url()
    for person in (aylin, gerd):
        say(room.talk, person)
    assert room.messages.count() == 3


def test_who_declines_is_left_in_peace_and_the_other_not_told(
    client: Client, request_: Talk, foyer: Room, aylin: Person, gerd: Person
) -> None:
    client.force_login(aylin)
    address = request_.room.get_absolute_url()
    sentence = "Ihre erste Nachricht ist eine Anfrage."
    assert sentence in client.get(address).text
    client.force_login(gerd)
    assert notices.count_new(gerd.pk) == 1
    assert client.post(path("decline", request_.room_id)).url == TALKS
    assert notices.count_new(gerd.pk) == 0
    assert "Aylin" not in client.get(TALKS).text
    client.force_login(aylin)
    assert sentence in client.get(address).text
    with pytest.raises(NotAcceptedYet):
        begin(aylin, gerd, foyer)
    begin(gerd, aylin, foyer, "Nun doch")  # writing accepts
    say(request_, aylin)
    assert request_.room.messages.count() == 3


def test_the_same_request_twice_is_one(
    client: Client, foyer: Room, aylin: Person, gerd: Person
) -> None:
    client.force_login(aylin)
    data = {"body": "Guten Tag", "client_id": str(uuid4())}
    urls = {client.post(path("direct", foyer.pk, gerd.pk), data).url for _time in range(2)}
    assert (len(urls), Message.objects.count()) == (1, 1)


def test_one_writes_to_few_new_people_a_day(
    client: Client, event: Event, foyer: Room, aylin: Person, now: object, settings: object
) -> None:
    people = []
    for number in range(FIRST_WORDS + 1):
        person = Person.objects.create_user(f"p{number}@example.org", name=f"P {number}")
        event.enrol(person)
        event.enter(person)
        Reachable.say(person, is_reachable=True)
        people.append(person)
    for person in people[:-1]:
        begin(aylin, person, foyer)
    with pytest.raises(EnoughForToday):
        begin(aylin, people[-1], foyer)
    client.force_login(aylin)
    answer = client.post(path("direct", foyer.pk, people[-1].pk), {"body": "Noch jemand"})
    assert (answer.status_code, "Noch jemand" in answer.text) == (429, True)
    Talk.objects.update(asked_at=Talk.objects.first().asked_at - timedelta(days=1))
    begin(aylin, people[-1], foyer)


@pytest.mark.services
def test_who_write_first_at_the_same_time_share_one_room(
    transactional_db: None, foyer: Room, aylin: Person, gerd: Person
) -> None:
    def write(pair: tuple[Person, Person]) -> Message | Exception:
        try:
            return begin(*pair, foyer)
        except Refusal as refusal:
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(8) as pool:
        outcomes = list(pool.map(write, [(aylin, gerd), (gerd, aylin)] * 4))
    talk = Talk.objects.get()
    said = [outcome for outcome in outcomes if isinstance(outcome, Message)]
    assert {message.room_id for message in said} == {talk.room_id}
    assert Room.objects.filter(is_direct=True).count() == 1
    assert {type(o) for o in outcomes} <= {Message, NotAcceptedYet}
    numbers = talk.room.messages.values_list("number", flat=True)
    assert list(numbers) == list(range(1, len(said) + 1))
    assert {m.author for m in said} == {aylin, gerd}


@pytest.mark.services
def test_the_database_knows_one_talk_of_two_people(
    talk: Talk, aylin: Person, gerd: Person
) -> None:
    for first, second in [(aylin, gerd), (gerd, aylin)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Talk.objects.create(
                room=Room.objects.create(is_direct=True),
                first=first,
                second=second,
                asked_by=first,
                asked_at=talk.asked_at,
            )


# -- blocking


def test_blocking_ends_it_at_once_and_says_no_more_than_that(
    client: Client, talk: Talk, foyer: Room, aylin: Person, gerd: Person
) -> None:
    message = say(talk, aylin)
    client.force_login(gerd)
    assert client.post(path("block", talk.room_id)).url == TALKS
    for act in [
        lambda: say(talk, aylin),
        lambda: message.edit(aylin, "Hören Sie!"),
        lambda: react(Message.objects.get(number=1), aylin, "👍"),
        lambda: begin(aylin, gerd, foyer),
    ]:
        with pytest.raises(Unreachable):
            act()
    with pytest.raises(Blocked):
        say(talk, gerd)
    assert "Blockierung aufheben" in client.get(TALKS).text
    client.force_login(aylin)
    blocked = client.get(talk.room.get_absolute_url()).text
    assert (UNREACHABLE in blocked, "Sie haben diese Person blockiert" in blocked) == (
        True,
        False,
    )
    assert "Aylin Yılmaz blockieren" not in blocked  # she may block him in turn
    assert client.post(path("unblock", talk.room_id)).status_code == 302
    with pytest.raises(Unreachable):
        say(talk, aylin)
    client.force_login(gerd)
    client.post(path("unblock", talk.room_id))
    say(talk, aylin)
    say(talk, gerd)


def test_somebody_who_said_no_looks_like_somebody_who_blocked(
    client: Client, talk: Talk, aylin: Person, gerd: Person
) -> None:
    client.force_login(aylin)
    address = path("post", talk.room_id)

    def answer() -> tuple[int, object]:
        answer = client.post(address, {"body": "Guten Tag"}, headers=JSON)
        return answer.status_code, answer.json()

    talk.block(gerd)
    blocked = answer()
    talk.unblock(gerd)
    Reachable.say(gerd, is_reachable=False)
    said_no = answer()
    Reachable.say(gerd, is_reachable=True)
    Registration.objects.get(person=gerd).cancel()
    assert blocked == said_no == answer() == (403, {"error": UNREACHABLE})


def test_the_blocked_is_nobodys_to_unblock_but_ones_own(
    talk: Talk, aylin: Person, gerd: Person, olga: Person
) -> None:
    talk.block(aylin)
    talk.block(gerd)
    talk.unblock(aylin)
    with pytest.raises(Unreachable):
        say(talk, aylin)
    for act in (talk.block, talk.unblock, talk.accept, talk.decline):
        with pytest.raises(NotAdmitted):
            act(olga)


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_open_pages_see_the_door_shut(
    foyer: Room, talk: Talk, aylin: Person, gerd: Person
) -> None:
    async with socket_of(aylin, talk.room) as socket:
        await hear(socket, "head")
        await database_sync_to_async(talk.block)(gerd)
        frame = await hear(socket, "paused")
        assert frame == {"room": talk.room_id, "slow": 0, "paused": True}


# -- when it ends


def test_what_was_written_stays_readable_and_ends_with_the_event(
    client: Client, event: Event, talk: Talk, aylin: Person, gerd: Person
) -> None:
    client.force_login(aylin)
    event.move(-14)
    say(talk, aylin)
    event.move(-1)
    for person in (aylin, gerd):
        with pytest.raises(Unreachable):
            say(talk, person)
    text = client.get(talk.room.get_absolute_url()).text
    assert ("Guten Tag" in text, UNREACHABLE in text) == (True, True)


def test_who_cancels_reads_on_and_writes_no_more(
    client: Client, talk: Talk, aylin: Person, gerd: Person
) -> None:
    Registration.objects.get(person=aylin).cancel()
    client.force_login(aylin)
    assert client.get(talk.room.get_absolute_url()).status_code == 200
    for person in (aylin, gerd):
        with pytest.raises(Unreachable):
            say(talk, person)


def test_of_a_deleted_account_the_words_remain(
    client: Client, talk: Talk, aylin: Person, gerd: Person
) -> None:
    aylin.delete()
    client.force_login(gerd)
    assert "Gelöschtes Konto" in client.get(TALKS).text
    assert "Guten Tag" in client.get(talk.room.get_absolute_url()).text
    with pytest.raises(Unreachable):
        say(talk, gerd)


# -- nobody else


def test_nobody_else_is_let_in(
    client: Client, talk: Talk, olga: Person, katrin: Person, foyer: Room
) -> None:
    for person, role in [(olga, Role.MEMBER), (katrin, Role.MODERATOR)]:
        with pytest.raises(NotAdmitted):
            talk.room.admit(person, role)
        client.force_login(person)
        for name in ["room", "keeping", "reports", "export_csv", "export_text", "members"]:
            assert client.get(path(name, talk.room_id)).status_code == 403
        for name in ["accept", "decline", "block", "unblock", "post", "pause"]:
            assert client.post(path(name, talk.room_id), {"body": "Hm"}).status_code == 403
        for name in ["message", "reactions"]:
            assert client.get(path(name, talk.room_id, 1)).status_code == 403
        for name in ["hide", "pin", "keep", "report"]:
            assert client.post(path(name, talk.room_id, 1)).status_code == 403
        assert find(person.pk, "Guten Tag") == []
    assert Membership.objects.filter(room=talk.room).count() == 2


def test_the_two_do_not_keep_it_whatever_they_may_elsewhere(
    client: Client, event: Event, foyer: Room, aylin: Person, katrin: Person
) -> None:
    event.enrol(katrin)
    event.enter(katrin)
    Reachable.say(katrin, is_reachable=True)
    room = begin(aylin, katrin, foyer).room
    room.talk.accept(katrin)
    client.force_login(katrin)
    for name in ["keeping", "reports", "export_csv", "export_text"]:
        assert client.get(path(name, room.pk)).status_code == 403
    assert client.post(path("hide", room.pk, 1)).status_code == 403
    assert room.messages.get().is_shown


def test_the_administration_shows_no_direct_talk(
    client: Client, talk: Talk, aylin: Person, gerd: Person, katrin: Person
) -> None:
    message = say(talk, aylin, "Streng vertraulich")
    client.force_login(katrin)
    for name, words in [("room", ""), ("message", "vertraulich"), ("report", "vertraulich")]:
        text = client.get(reverse(f"admin:chat_{name}_changelist"), {"q": words}).text
        assert ("Streng" in text, "Direktnachricht" in text.partition("<main")[2]) == (
            False,
        ) * 2
    for name, pk in [("room", talk.room_id), ("message", message.pk)]:
        address = reverse(f"admin:chat_{name}_change", args=[pk])
        assert client.get(address).status_code == 302
    data = {"action": "hide", "_selected_action": message.pk}
    client.post(reverse("admin:chat_message_changelist"), data)
    with pytest.raises(NotYours):
        message.hide(katrin)
    text = client.get(reverse("admin:conference_person_delete", args=[aylin.pk])).text
    assert "Gerd" not in text
    message.refresh_from_db()
    assert message.is_shown


# -- reports


def test_a_reported_message_and_no_other_is_shown_to_the_organisers(
    client: Client, event: Event, talk: Talk, aylin: Person, gerd: Person, katrin: Person
) -> None:
    say(talk, aylin, "Streng vertraulich")
    say(talk, aylin, "Frechheit")
    client.force_login(gerd)
    page = client.get(path("message", talk.room_id, 3)).text
    assert "Sie zeigen den Veranstaltenden diese eine Nachricht" in page
    data = {"reason": "Beleidigung"}
    answer = client.post(path("report", talk.room_id, 3), data, headers=JSON).json()
    assert answer["done"] == ("Vielen Dank. Die Veranstaltenden sehen sich diese Nachricht an.")
    address = reverse("reports", args=[event.slug])
    client.force_login(katrin)
    lists = [address, reverse("admin:chat_report_changelist")]
    lists.append(reverse("admin:chat_report_change", args=[Report.objects.get().pk]))
    for where in lists:
        text = client.get(where).text
        assert ("Frechheit" in text, "vertraulich" in text) == (True, False)
    assert not talk.room.memberships.filter(person=katrin).exists()
    act = reverse("direct_report_hide", args=[event.slug, Report.objects.get().pk])
    assert client.post(act).url == address
    assert "Frechheit" not in client.get(address).text
    assert [m.is_shown for m in talk.room.messages.all()] == [True, True, False]


def test_organisers_alone_settle_what_was_reported(
    client: Client,
    event: Event,
    slot: object,
    talk: Talk,
    aylin: Person,
    gerd: Person,
    petra: Person,
    katrin: Person,
) -> None:
    reported = report(talk.room.messages.get(), gerd, "Werbung")
    names = ["direct_report_hide", "direct_report_keep"]
    for person in (aylin, gerd, petra):
        client.force_login(person)
        for name in names:
            act = reverse(name, args=[event.slug, reported.pk])
            assert client.post(act).status_code == 403
    client.force_login(katrin)
    client.post(reverse("direct_report_keep", args=[event.slug, reported.pk]))
    reported.refresh_from_db()
    assert (reported.settled_by, reported.message.is_shown) == (katrin, True)
    again = reverse("direct_report_hide", args=[event.slug, reported.pk])
    assert client.post(again).status_code == 404
    other = Event.objects.create(
        slug="anderer", title="Anderer", starts_at=event.starts_at, ends_at=event.ends_at
    )
    Report.objects.update(settled_at=None)
    elsewhere = reverse("direct_report_hide", args=[other.slug, reported.pk])
    assert client.post(elsewhere).status_code == 404


# -- what one sees of it


def test_each_sees_the_others_name(
    client: Client, talk: Talk, aylin: Person, gerd: Person
) -> None:
    for person, other in [(aylin, "Gerd Hoffmann"), (gerd, "Aylin Yılmaz")]:
        client.force_login(person)
        for address in [talk.room.get_absolute_url(), path("message", talk.room_id, 1)]:
            assert other in client.get(address).text.partition("<h1")[2]
        text = client.get(reverse("chat:search"), {"suche": "Guten"}).text
        assert f'<option value="{talk.room_id}">{other}</option>' in text
        assert text.count(other) >= 2


def test_direct_messages_are_news_wherever_one_is(
    client: Client, talk: Talk, aylin: Person, gerd: Person
) -> None:
    say(talk, aylin, "Noch etwas")
    assert (notices.count_new(gerd.pk), notices.count_direct(gerd.pk)) == (2, 2)
    assert (notices.count_new(aylin.pk), notices.newest(gerd.pk)) == (0, [])
    client.force_login(gerd)
    assert "Direktnachrichten (2 neue Nachrichten)" in client.get(path("notices")).text
    assert "2 neue Nachrichten" in client.get(TALKS).text
    client.get(talk.room.get_absolute_url())
    assert notices.count_new(gerd.pk) == 0


@pytest.mark.asyncio
@pytest.mark.django_db(transaction=True)
async def test_the_other_is_told_on_whatever_page(
    foyer: Room, talk: Talk, aylin: Person, gerd: Person
) -> None:
    async with socket_of(gerd, foyer) as socket:
        await database_sync_to_async(say)(talk, aylin)
        notice = (await hear(socket, "notice"))["notice"]
        assert (notice["room"], notice["author"], notice["direct"]) == (
            talk.room_id,
            "Aylin Yılmaz",
            True,
        )


def test_nobody_sees_the_other_being_there(talk: Talk, aylin: Person, gerd: Person) -> None:
    presence.note(talk.room_id, gerd.pk)
    assert "Gerd" not in presence.render(talk.room_id)


def test_a_direct_message_costs_six_queries(talk: Talk, aylin: Person, room: Room) -> None:
    costs = []
    for where in (talk.room, room):
        with CaptureQueriesContext(connection) as queries:
            where.post(aylin, "Guten Tag", uuid4())
        costs.append(len([q for q in queries if "SAVEPOINT" not in q["sql"]]))
    assert costs == [6, 3]


def test_the_list_costs_the_same_for_one_and_three(
    client: Client, event: Event, foyer: Room, aylin: Person, gerd: Person
) -> None:
    people = [gerd]
    for number in range(2):
        person = Person.objects.create_user(f"p{number}@example.org", name=f"P {number}")
        event.enrol(person)
        event.enter(person)
        Reachable.say(person, is_reachable=True)
        people.append(person)
    client.force_login(aylin)
    costs, shown = [], []
    for count in (1, 3):
        for person in people[:count]:
            if not Talk.objects.between(aylin.pk, person.pk).exists():
                begin(person, aylin, foyer)
        with CaptureQueriesContext(connection) as queries:
            text = client.get(TALKS).text
        costs.append(len(queries))
        shown.append(text.count("talks__head"))
    assert (costs[0] == costs[1], shown) == (True, [1, 3])
