"""All that the platform keeps of one person, for that person to read and take along."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conference.models import Person, Registration


def data_of(person: Person) -> dict[str, Any]:
    """As JSON can hold it; times in UTC. Eight queries."""
    registrations = person.registrations.select_related("event").prefetch_related(
        "answers__question"
    )
    marks = person.marks.select_related("session__event")
    messages = person.messages.select_related("room").order_by("posted_at")
    positions = person.watch_positions.select_related("recording__event")
    questions = person.video_questions.select_related("recording").order_by("asked_at")
    fields = ("name", "email", "organisation", "place", "function", "language")
    return {
        "person": {field: getattr(person, field) for field in fields}
        | {"joined_at": person.joined_at, "last_login": person.last_login},
        "registrations": [registration_data(one) for one in registrations],
        "places": [
            {"slot": str(place.slot), "taken_at": place.taken_at} for place in places_of(person)
        ],
        "programme": [
            {"event": str(mark.session.event), "session": str(mark.session)} for mark in marks
        ],
        "watched": [
            {"recording": str(one.recording), "seconds": one.seconds} for one in positions
        ],
        "questions": [
            {
                "recording": str(one.recording),
                "seconds": one.seconds,
                "asked_at": one.asked_at,
                "text": one.body,
            }
            for one in questions
        ],
        "messages": [
            {"room": str(one.room), "posted_at": one.posted_at, "text": one.body}
            for one in messages
        ],
    }


def places_of(person: Person) -> Any:
    from conference.models import Place

    places = Place.objects.filter(registration__person=person)
    return places.select_related("slot__forum", "slot__round")


def registration_data(registration: Registration) -> dict[str, Any]:
    times = ("registered_at", "confirmed_at", "consented_at")
    needs = ("needs_sign_language", "needs_captions", "other_needs")
    return {
        "event": str(registration.event),
        **{field: getattr(registration, field) for field in (*times, *needs)},
        "answers": {str(one.question): one.values for one in registration.answers.all()},
    }
