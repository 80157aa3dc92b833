"""The life of a place: taken, changed, given back, waited for, offered, held back."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
import time_machine
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction

from chat import clock
from conference.models import (
    Contingent,
    Event,
    Forum,
    Mail,
    Person,
    Place,
    Registration,
    Session,
    Slot,
    Waiting,
)
from conference.models.contingent import ContingentUsed, WrongCode
from conference.models.event import NotRegistered
from conference.models.slot import AlreadyPlaced, NoPlace, RoundOver, SlotFull, TooLate
from conference.models.waiting import OfferGone, PlaceFree
from conference.tasks import each_minute
from tests.conference.places import wrong


@pytest.fixture
def one(event: Event, forum: Forum, now: datetime) -> Slot:
    """The forum in a first round next week, with a single place."""
    event.ends_at = now + timedelta(days=10)
    event.save()
    return make_slot(forum, 1, now + timedelta(days=7))


@pytest.fixture
def two(one: Slot, now: datetime) -> Slot:
    """The same forum in the second round, a day later."""
    return make_slot(one.forum, 2, now + timedelta(days=8))


@pytest.fixture
def elsewhere(one: Slot, event: Event) -> Slot:
    """Another forum in the first round, with places for ten."""
    forum = Forum.objects.create(event=event, number=2, title="Digitalisierung")
    return Slot.objects.create(forum=forum, round=one.round, capacity=10)


@pytest.fixture(autouse=True)
def _all_holds(event: Event) -> Iterator[None]:
    yield
    event.settle_places()
    assert wrong(event) == []


def make_slot(forum: Forum, number: int, starts_at: datetime, capacity: int = 1) -> Slot:
    round_, _is_new = Session.objects.get_or_create(
        event=forum.event,
        slug=f"runde-{number}",
        kind=Session.Kind.ROUND,
        title=f"Runde {number}",
        starts_at=starts_at,
        ends_at=starts_at + timedelta(hours=2),
    )
    return Slot.objects.create(forum=forum, round=round_, capacity=capacity)


def of(person: Person) -> Registration:
    return Registration.objects.select_related("person", "event").get(person=person)


def slots_of(person: Person) -> list[Slot]:
    return [place.slot for place in of(person).places.all()]


def setting(event: Event, **settings: object) -> None:
    """As the organisers set it; the objects at hand know, too."""
    for name, value in settings.items():
        setattr(event, name, value)
    event.save(update_fields=[*settings])


def subjects(person: Person) -> list[str]:
    return list(
        Mail.objects.filter(to=person.email).order_by("pk").values_list("subject", flat=True)
    )


@pytest.fixture
def offer(one: Slot, aylin: Person, gerd: Person) -> Waiting:
    """Gerd had the only place and gave it back; Aylin, who waits, has an offer."""
    one.book(of(gerd))
    waiting = one.wait(of(aylin))
    one.release(of(gerd))
    waiting.refresh_from_db()
    return waiting


# -- holding


def test_the_database_gives_nobody_a_place_twice(one: Slot, two: Slot, aylin: Person) -> None:
    one.book(of(aylin))
    fields = {"registration": of(aylin), "taken_at": clock.now()}
    for slot, nth in [(two, 1), (one, 2), (two, 10)]:
        with pytest.raises(IntegrityError), transaction.atomic():
            Place.objects.create(slot=slot, round=slot.round, nth=nth, **fields)


@pytest.mark.parametrize("counter", ["taken", "offered", "held"])
def test_the_database_gives_no_place_that_there_is_not(one: Slot, counter: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Slot.objects.filter(pk=one.pk).update(**{counter: 2})


def test_where_two_are_allowed_one_is_held_in_each_round(
    event: Event, one: Slot, two: Slot, elsewhere: Slot, aylin: Person
) -> None:
    setting(event, places_per_person=2)
    one.forum.event = two.forum.event = elsewhere.forum.event = event
    one.book(of(aylin))
    two.book(of(aylin))
    with pytest.raises(AlreadyPlaced):
        elsewhere.book(of(aylin))
    elsewhere.book(of(aylin), instead=True)
    assert slots_of(aylin) == [elsewhere, two]


def test_the_unconfirmed_get_no_place(one: Slot, aylin: Person) -> None:
    Registration.objects.update(confirmed_at=None)
    with pytest.raises(NotRegistered):
        one.book(of(aylin))


def test_whoever_cancels_gives_everything_back(
    offer: Waiting, one: Slot, elsewhere: Slot, aylin: Person, gerd: Person
) -> None:
    elsewhere.book(of(aylin))
    one.wait(of(gerd))
    of(aylin).cancel()
    assert (Waiting.objects.get().offered_slot, Place.objects.count()) == (one, 0)
    assert Waiting.objects.get().registration == of(gerd)


def test_until_a_moment_one_may_change_oneself_and_organisers_any_time(
    event: Event, one: Slot, elsewhere: Slot, aylin: Person
) -> None:
    one.book(of(aylin))
    setting(event, places_change_until=clock.now())
    place = Place.objects.with_slot().get()
    for act in [place.give_back, lambda: elsewhere.book(of(aylin), instead=True)]:
        with pytest.raises(TooLate):
            act()
    place.take_away(reason="Das Forum wird geteilt.")
    assert slots_of(aylin) == []
    assert "Das Forum wird geteilt." in Mail.objects.filter(to=aylin.email).first().text


def test_saving_a_slot_leaves_alone_what_is_counted(one: Slot, aylin: Person) -> None:
    stale = Slot.objects.get(pk=one.pk)
    one.book(of(aylin))
    stale.webinar_url = "https://konferenz.example.org/"
    stale.save()
    assert Slot.objects.get(pk=one.pk).taken == 1


# -- waiting


def test_those_who_wait_are_asked_in_their_order(
    one: Slot, aylin: Person, gerd: Person, olga: Person, event: Event
) -> None:
    event.enrol(olga)
    one.book(of(gerd))
    first, second = one.wait(of(olga)), one.wait(of(aylin))
    assert Waiting.objects.positions() == {first.pk: 1, second.pk: 2}
    one.release(of(gerd))
    first.refresh_from_db()
    assert first.offered_slot == one
    assert Waiting.objects.positions()[second.pk] == 1
    first.accept()
    assert slots_of(olga) == [one]
    assert [one.registration for one in Waiting.objects.all()] == [of(aylin)]


def test_nobody_overtakes_those_who_wait(
    offer: Waiting, one: Slot, gerd: Person, aylin: Person
) -> None:
    with pytest.raises(SlotFull):
        one.book(of(gerd))
    offer.accept()
    assert slots_of(aylin) == [one]


def test_waiting_for_either_round_takes_what_is_free_first(
    one: Slot, two: Slot, aylin: Person, gerd: Person, olga: Person, event: Event
) -> None:
    setting(event, gives_places_at_once=True)
    event.enrol(olga)
    one.book(of(gerd))
    two.book(of(olga))
    two.forum.wait(of(aylin))
    two.release(of(olga))
    assert slots_of(aylin) == [two]
    assert Waiting.objects.count() == 0


def test_nobody_waits_while_a_place_is_free(
    one: Slot, two: Slot, aylin: Person, gerd: Person
) -> None:
    one.book(of(gerd))
    for join in [two.wait, one.forum.wait]:
        with pytest.raises(PlaceFree):
            join(of(aylin))


def test_nobody_waits_for_what_they_have_and_twice_is_once(
    one: Slot, two: Slot, aylin: Person, gerd: Person
) -> None:
    one.book(of(gerd))
    two.resize(0)
    for join in [one.wait, one.forum.wait]:
        with pytest.raises(AlreadyPlaced):
            join(of(gerd))
        assert join(of(aylin)) == join(of(aylin))
    assert Waiting.objects.count() == 2


def test_nobody_waits_for_a_round_that_is_over(one: Slot, aylin: Person, gerd: Person) -> None:
    one.book(of(gerd))
    with time_machine.travel(one.round.ends_at, tick=False), pytest.raises(RoundOver):
        one.wait(of(aylin))


def test_one_may_hold_a_place_and_wait_for_a_better_one(
    event: Event, one: Slot, elsewhere: Slot, aylin: Person, gerd: Person
) -> None:
    """Even where places are given at once nobody loses theirs without having been asked."""
    setting(event, gives_places_at_once=True)
    one.book(of(gerd))
    elsewhere.book(of(aylin))
    waiting = one.wait(of(aylin))
    one.release(of(gerd))
    waiting.refresh_from_db()
    assert (slots_of(aylin), waiting.offered_slot) == ([elsewhere], one)
    waiting.accept()
    assert slots_of(aylin) == [one]
    elsewhere.refresh_from_db()
    assert elsewhere.taken == 0
    assert subjects(aylin)[-1] == "Ihr Platz hat sich geändert: " + str(one.forum)


def test_who_changes_leaves_a_place_to_who_waits_for_it(
    one: Slot, elsewhere: Slot, aylin: Person, gerd: Person
) -> None:
    one.book(of(gerd))
    one.wait(of(aylin))
    elsewhere.book(of(gerd), instead=True)
    assert Waiting.objects.get().offered_slot == one


def test_more_places_are_given_to_those_who_wait(
    event: Event, one: Slot, aylin: Person, gerd: Person
) -> None:
    setting(event, gives_places_at_once=True)
    one.book(of(gerd))
    one.wait(of(aylin))
    one.resize(2)
    assert slots_of(aylin) == [one]
    with pytest.raises(SlotFull):
        one.resize(1)


def test_a_declined_offer_goes_on(
    offer: Waiting, one: Slot, aylin: Person, gerd: Person
) -> None:
    second = one.wait(of(gerd))
    offer.leave()
    second.refresh_from_db()
    assert (second.offered_slot, Waiting.objects.count()) == (one, 1)


def test_an_offer_ends_at_its_second_and_goes_on(
    offer: Waiting, one: Slot, aylin: Person, gerd: Person
) -> None:
    second = one.wait(of(gerd))
    assert offer.offer_expires_at
    with time_machine.travel(offer.offer_expires_at - timedelta(seconds=1), tick=False):
        one.forum.event.settle_places()
        assert Waiting.objects.get(pk=offer.pk).offered_slot == one
    with time_machine.travel(offer.offer_expires_at, tick=False):
        with pytest.raises(OfferGone):
            offer.accept()
        second.refresh_from_db()
        assert (second.offered_slot, Waiting.objects.count()) == (one, 1)
        assert subjects(aylin)[-1] == "Das Angebot ist abgelaufen: " + str(one.forum)
        second.accept()


def test_each_minute_what_is_due_in_places_happens_by_itself(
    offer: Waiting, one: Slot, aylin: Person
) -> None:
    assert offer.offer_expires_at
    with time_machine.travel(offer.offer_expires_at, tick=False):
        each_minute.enqueue()
    assert not Waiting.objects.exists()
    assert subjects(aylin)[-1] == "Das Angebot ist abgelaufen: " + str(one.forum)


def test_an_offer_that_nobody_takes_frees_the_place(
    offer: Waiting, one: Slot, gerd: Person
) -> None:
    assert offer.offer_expires_at
    with time_machine.travel(offer.offer_expires_at, tick=False):
        one.book(of(gerd))
    assert slots_of(gerd) == [one]


def test_taking_a_place_answers_its_offer(offer: Waiting, one: Slot, aylin: Person) -> None:
    one.book(of(aylin))
    one.refresh_from_db()
    assert (one.taken, one.offered, Waiting.objects.count()) == (1, 0, 0)


def test_an_offer_leaves_time_to_answer_and_ends_with_the_start(
    event: Event, one: Slot, aylin: Person, gerd: Person
) -> None:
    one.book(of(gerd))
    waiting = one.wait(of(aylin))
    ends = []
    for before in [timedelta(days=3), timedelta(hours=1), timedelta(minutes=2)]:
        with time_machine.travel(one.round.starts_at - before, tick=False):
            one.release(of(gerd))
            waiting.refresh_from_db()
            assert waiting.offer_expires_at
            ends.append(waiting.offer_expires_at - one.round.starts_at)
            waiting.leave()
            one.book(of(gerd))
            waiting = one.wait(of(aylin))
    assert ends == [timedelta(days=-2), timedelta(0), timedelta(minutes=3)]


# -- the organisers' hand


def test_organisers_give_a_place_past_the_line(
    one: Slot, aylin: Person, gerd: Person, petra: Person
) -> None:
    one.book(of(gerd))
    one.wait(of(aylin))
    with pytest.raises(SlotFull):
        one.give(of(petra))
    one.give(of(petra), "Sie stellen Ihr Projekt vor.", one_more=True)
    assert (slots_of(petra), one.capacity, one.taken) == ([one], 2, 2)
    assert "Sie stellen Ihr Projekt vor." in Mail.objects.filter(to=petra.email).first().text


def test_organisers_move_and_remove_who_waits(
    one: Slot, aylin: Person, gerd: Person, petra: Person, olga: Person, event: Event
) -> None:
    event.enrol(olga)
    one.book(of(gerd))
    lines = [one.wait(of(person)) for person in (aylin, petra, olga)]
    lines[2].move(1)
    assert list(one.queue()) == [lines[2], lines[0], lines[1]]
    lines[0].remove("Sie haben schon einen Platz als Moderation.")
    assert list(one.queue()) == [lines[2], lines[1]]
    assert "Moderation" in Mail.objects.filter(to=aylin.email).first().text


# -- contingents


@pytest.fixture
def held(one: Slot, now: datetime) -> Contingent:
    """Two of three places are held back until tomorrow."""
    one.resize(3)
    contingent = Contingent(
        slot=one,
        name="Quartiersakademie",
        code="Dorf-2026",
        seats=2,
        releases_at=now + timedelta(days=1),
    )
    contingent.hold()
    return contingent


def test_a_code_opens_what_is_held_back(
    held: Contingent, one: Slot, aylin: Person, gerd: Person, petra: Person
) -> None:
    one.book(of(gerd))
    with pytest.raises(SlotFull):
        one.book(of(aylin))
    with pytest.raises(WrongCode):
        one.book(of(aylin), code="Stadt 2026")
    one.book(of(aylin), code=" dorf 2026 ")
    assert (slots_of(aylin), one.taken, one.held) == ([one], 2, 1)
    one.book(of(petra), code="DORF2026")
    with pytest.raises(ContingentUsed):
        one.book(
            Event.objects.get().enrol(Person.objects.create_user("n@example.org")),
            code="Dorf2026",
        )


def test_a_place_of_a_contingent_goes_back_to_it(
    held: Contingent, one: Slot, aylin: Person
) -> None:
    one.book(of(aylin), code="dorf2026")
    one.release(of(aylin))
    held.refresh_from_db()
    assert (held.used, one.taken, one.held) == (0, 0, 2)


def test_at_its_moment_what_is_left_goes_to_those_who_wait(
    held: Contingent, one: Slot, aylin: Person, gerd: Person, petra: Person
) -> None:
    setting(one.forum.event, gives_places_at_once=True)
    one.book(of(gerd))
    one.wait(of(aylin))
    with time_machine.travel(held.releases_at, tick=False):
        one.forum.event.settle_places()
        one.refresh_from_db()
        assert (slots_of(aylin), one.taken, one.held) == ([one], 2, 0)
        with pytest.raises(ContingentUsed):
            one.book(of(petra), code="Dorf2026")
        one.book(of(petra))


def test_more_than_is_free_is_not_held_back(held: Contingent, one: Slot) -> None:
    held.seats = 4
    with pytest.raises(SlotFull):
        held.hold()
    with pytest.raises(ValidationError):
        held.clean()
    held.seats = 3
    held.clean()
    held.hold()
    one.refresh_from_db()
    assert (one.held, one.free) == (3, 0)


def test_fewer_seats_are_free_at_once(held: Contingent, one: Slot) -> None:
    held.seats = 1
    held.hold()
    one.refresh_from_db()
    held.free()
    held.refresh_from_db()
    assert (one.held, one.free, held.left) == (1, 2, 0)
    one.refresh_from_db()
    assert (one.held, one.free) == (0, 3)


# -- on the day


def test_those_who_are_absent_leave_their_places_to_who_wait(
    event: Event, one: Slot, aylin: Person, gerd: Person, petra: Person, olga: Person
) -> None:
    """The one who said “I'm coming” keeps theirs; so does everybody while nobody waits."""
    event.enrol(olga)
    setting(event, no_shows_after=10)
    one.resize(3)
    for person in (aylin, gerd, petra):
        one.book(of(person))
    Place.objects.get(registration=of(gerd)).confirm_coming()
    Place.objects.filter(registration=of(petra)).update(entered_at=clock.now())
    one.wait(of(olga))
    late = one.round.starts_at + timedelta(minutes=10)
    with time_machine.travel(late - timedelta(seconds=1), tick=False):
        event.settle_places()
        assert slots_of(olga) == []
    with time_machine.travel(late, tick=False):
        event.settle_places()
        event.settle_places()
        assert [slots_of(one) for one in (aylin, gerd, petra, olga)] == [
            [],
            [one],
            [one],
            [one],
        ]
        assert subjects(aylin)[-1] == "Sie haben keinen Platz mehr: " + str(one.forum)


def test_entering_is_noted_at_the_place(slot: Slot, aylin: Person) -> None:
    slot.book(of(aylin))
    slot.enter(aylin)
    first = Place.objects.get().entered_at
    slot.enter(aylin)
    assert first is not None
    assert Place.objects.get().entered_at == first


def test_coming_is_asked_in_the_ten_days_before(one: Slot, aylin: Person) -> None:
    one.book(of(aylin))
    place = Place.objects.with_slot().get()
    asked = {}
    for days in (11, 9):
        with time_machine.travel(one.round.starts_at - timedelta(days=days), tick=False):
            asked[days] = place.asks_whether_coming
    place.confirm_coming()
    with time_machine.travel(one.round.starts_at - timedelta(days=9), tick=False):
        assert (asked, place.asks_whether_coming) == ({11: False, 9: True}, False)


def test_nothing_is_asked_twice_where_nothing_is_due(
    one: Slot, aylin: Person, django_assert_num_queries: object
) -> None:
    one.book(of(aylin))
    with django_assert_num_queries(1):  # type: ignore[operator]
        one.forum.event.settle_places()


# -- what happens at the same moment


def test_a_place_got_just_now_is_not_given_up_unasked(
    one: Slot, elsewhere: Slot, aylin: Person, gerd: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between looking and locking, a place that she waited for became hers."""
    one.book(of(gerd))
    one.wait(of(aylin))
    elsewhere.resize(1)
    elsewhere.give(of(gerd))
    elsewhere.wait(of(aylin))
    elsewhere.resize(5)

    def waits_for(self: Registration, slot: Slot) -> bool:
        one.give(of(aylin), one_more=True)
        return True

    monkeypatch.setattr(Registration, "waits_for", waits_for)
    with pytest.raises(AlreadyPlaced):
        elsewhere.book(of(aylin))
    assert slots_of(aylin) == [one]


def test_two_clicks_get_one_place(one: Slot, elsewhere: Slot, aylin: Person) -> None:
    registration = of(aylin)
    places = [elsewhere._take_free(registration) for _click in range(2)]
    places.append(elsewhere._change(registration, "", instead=False))
    assert {place.pk for place in places} == {Place.objects.get().pk}
    elsewhere.refresh_from_db()
    assert elsewhere.taken == 1


def test_who_comes_in_as_their_place_goes_on_stays_outside(
    one: Slot, aylin: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Slot, "is_held_by", lambda *_args: True)  # a moment ago
    monkeypatch.setattr(Slot, "door_is_open", True)
    with pytest.raises(NoPlace):
        one.enter(aylin)
    assert not one.room.memberships.exists()


def test_an_offer_for_a_place_that_may_no_longer_be_left_leaves_it(
    one: Slot, elsewhere: Slot, event: Event, aylin: Person, gerd: Person
) -> None:
    elsewhere.book(of(aylin))
    one.book(of(gerd))
    waiting = one.wait(of(aylin))
    one.release(of(gerd))
    setting(event, places_change_until=clock.now())
    with pytest.raises(TooLate):
        waiting.accept()
    assert slots_of(aylin) == [elsewhere]


# -- where a round is called off


def call_off(slot: Slot) -> None:
    slot.round.called_off_at = clock.now()
    slot.round.save()


def test_nobody_gets_a_place_in_what_is_called_off(
    one: Slot, aylin: Person, gerd: Person, olga: Person, event: Event
) -> None:
    one.book(of(gerd))
    first, second = (one.wait(event.enrol(person)) for person in (aylin, olga))
    one.release(of(gerd))
    first.refresh_from_db()
    assert first.offered_slot == one
    call_off(one)
    event.settle_places(thoroughly=True)
    for waiting in (first, second):
        waiting.refresh_from_db()
    assert (first.offered_slot, second.offered_slot, slots_of(aylin)) == (None, None, [])
    with pytest.raises(RoundOver):
        one.book(of(gerd))
    one.round.called_off_at = None
    one.round.save()
    event.settle_places(thoroughly=True)
    first.refresh_from_db()
    assert first.offered_slot == one


def test_one_waits_for_the_round_that_takes_place(
    one: Slot, two: Slot, aylin: Person, gerd: Person
) -> None:
    two.book(of(gerd))
    call_off(one)
    waiting = one.forum.wait(of(aylin))
    two.release(of(gerd))
    waiting.refresh_from_db()
    assert waiting.offered_slot == two


def test_a_place_in_what_is_called_off_is_changed_at_any_time(
    one: Slot, two: Slot, event: Event, aylin: Person
) -> None:
    one.book(of(aylin))
    setting(event, places_change_until=clock.now())
    with pytest.raises(TooLate):
        two.book(of(aylin), instead=True)
    call_off(one)
    two.book(of(aylin), instead=True)
    assert slots_of(aylin) == [two]


def test_an_event_that_is_called_off_gives_no_places(
    one: Slot, event: Event, aylin: Person
) -> None:
    setting(event, called_off_at=clock.now())
    with pytest.raises(RoundOver):
        Slot.objects.get(pk=one.pk).book(of(aylin))
