"""The organisers' lists: who is registered and who has which place, to read and take along."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING

from django.db.models import Prefetch, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from conference.models import Answer, Place, Question, Registration
from conference.tables import Row

if TYPE_CHECKING:
    from conference.models import Event


def registrations_table(registrations: QuerySet[Registration]) -> Iterator[Row]:
    """With a column for each question of their events; six queries at most."""
    questions = list(Question.objects.filter(event__registrations__in=registrations).distinct())
    yield [
        *(_("Name"), _("E-mail address"), _("Organisation"), _("Municipality or district")),
        *(_("Function"), _("Language"), _("Event"), _("Registered at"), _("Confirmed at")),
        *(_("Places"), _("Sign language"), _("Captions"), _("Other access needs")),
        *(question.text for question in questions),
    ]
    places = Place.objects.select_related("slot__forum", "slot__round").order_by("taken_at")
    held: dict[int, list[str]] = {}
    for place in places.filter(registration__in=registrations):
        held.setdefault(place.registration_id, []).append(str(place.slot))
    answers = Prefetch("answers", Answer.objects.all())
    for one in registrations.select_related("person", "event").prefetch_related(answers):
        person = one.person
        said = {answer.question_id: str(answer) for answer in one.answers.all()}
        yield [
            *(person.name, person.email, person.organisation, person.place, person.function),
            *(person.get_language_display(), str(one.event)),
            *(moment(one.registered_at), moment(one.confirmed_at)),
            "; ".join(held.get(one.pk, [])),
            *(tick(is_set) for is_set in (one.needs_sign_language, one.needs_captions)),
            one.other_needs,
            *(said.get(question.pk, "") for question in questions),
        ]


def places_table(event: Event) -> Iterator[Row]:
    """Slot by slot, in the order in which places were taken; one query."""
    yield [
        *(_("Forum"), _("Round"), _("Name"), _("E-mail address"), _("Organisation")),
        *(_("Municipality or district"), _("Taken at")),
    ]
    places = Place.objects.filter(slot__forum__event=event).select_related(
        "slot__forum", "slot__round", "registration__person"
    )
    for place in places.order_by("slot__forum__number", "slot__round__starts_at", "taken_at"):
        slot, person = place.slot, place.registration.person
        yield [
            *(str(slot.forum), str(slot.round), person.name, person.email),
            *(person.organisation, person.place, moment(place.taken_at)),
        ]


def moment(at: datetime | None) -> str:
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}" if at else ""


def tick(is_set: bool) -> str:
    return _("yes") if is_set else ""
