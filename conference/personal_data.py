"""All that the platform keeps of one person, for that person to read and take along.

``SECTIONS`` say what is given, ``LEFT_OUT`` what is not; a test holds both to the models, so
that nothing which refers to a person is forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.db.models import EmailField, Q

if TYPE_CHECKING:
    from conference.models import Person


@dataclass(frozen=True)
class Section:
    """Rows of a model: those where one of the ``owners`` is the person, or their address.

    ``fields`` are lookups; how each is called in the file may stand before it: ``room=…``.
    """

    name: str
    model: str
    owners: tuple[str, ...]
    fields: str

    @property
    def columns(self) -> dict[str, str]:
        pairs = (field.rpartition("=") for field in self.fields.split())
        return {name or lookup: lookup for name, _is, lookup in pairs}

    def rows_of(self, person: Person) -> list[dict[str, Any]]:
        model: Any = apps.get_model(self.model)
        mine = [Q((owner, self._key(model, owner, person))) for owner in self.owners]
        rows = model._default_manager.filter(reduce(or_, mine)).order_by("pk")
        values = rows.values_list(*self.columns.values())
        return [dict(zip(self.columns, row, strict=True)) for row in values]

    def _key(self, model: Any, owner: str, person: Person) -> Any:
        field = model._meta.get_field(owner.partition("__")[0])
        return person.email if isinstance(field, EmailField) else person


SECTIONS = [
    Section(
        "registrations",
        "conference.Registration",
        ("person",),
        "event=event__title registered_at confirmed_at consented_at declined_mails_at "
        "needs_sign_language needs_captions other_needs",
    ),
    Section(
        "answers",
        "conference.Answer",
        ("registration__person",),
        "event=registration__event__title question=question__text values",
    ),
    Section(
        "places",
        "conference.Place",
        ("registration__person",),
        "forum=slot__forum__title round=slot__round__title taken_at coming_at entered_at",
    ),
    Section(
        "waiting_lists",
        "conference.Waiting",
        ("registration__person",),
        "forum=forum__title round=slot__round__title joined_at "
        "offered_round=offered_slot__round__title offer_expires_at",
    ),
    Section(
        "programme",
        "conference.Mark",
        ("person",),
        "event=session__event__title session=session__title marked_at",
    ),
    Section(
        "watched",
        "conference.WatchPosition",
        ("person",),
        "recording=recording__title seconds saved_at",
    ),
    Section(
        "questions",
        "conference.VideoQuestion",
        ("person",),
        "recording=recording__title seconds text=body asked_at settled_at",
    ),
    Section(
        "edited_texts",
        "conference.TextTrack",
        ("changed_by",),
        "recording=recording__title kind language changed_at",
    ),
    Section(
        "uploads",
        "conference.Upload",
        ("person",),
        "recording=recording__title kind filename size touched_at",
    ),
    Section(
        "consents",
        "conference.Consent",
        ("speaker__person",),
        "recording=recording__title given_on ends_at note",
    ),
    Section(
        "technical_checks",
        "conference.TechCheck",
        ("person",),
        "event=event__title sound video live browser checked_at",
    ),
    Section("to_be_told", "conference.Interest", ("email",), "event=event__title left_at"),
    Section("organises", "conference.Event", ("organisers",), "event=title"),
    Section(
        "speaks",
        "conference.Speaker",
        ("person",),
        "event=event__title name office biography",
    ),
    Section(
        "moderates",
        "conference.Slot",
        ("moderators",),
        "event=forum__event__title forum=forum__title round=round__title",
    ),
    Section(
        "keeps_stands",
        "marketplace.Lead",
        ("person",),
        "event=stand__event__title stand=stand__title function",
    ),
    Section(
        "mails",
        "conference.Mail",
        ("person", "to"),
        "event=event__title to occasion subject text created_at sent_at",
    ),
    Section(
        "login_links",
        "conference.LoginLink",
        ("person",),
        "address created_at expires_at used_at",
    ),
    Section(
        "rooms",
        "chat.Membership",
        ("person",),
        "room=room__title role admitted_at read_up_to=read",
    ),
    Section("present", "chat.Presence", ("person",), "room=room__title seen_at"),
    Section(
        "messages",
        "chat.Message",
        ("author",),
        "room=room__title is_direct=room__is_direct number posted_at edited_at deleted_at "
        "hidden_at text=body",
    ),
    Section(
        "earlier_texts",
        "chat.EarlierBody",
        ("message__author",),
        "room=message__room__title number=message__number text=body replaced_at",
    ),
    Section(
        "reactions",
        "chat.Reaction",
        ("person",),
        "room=message__room__title number=message__number sign",
    ),
    Section(
        "reports",
        "chat.Report",
        ("reported_by",),
        "room=message__room__title number=message__number reason reported_at settled_at",
    ),
    Section(
        "measures",
        "chat.Sanction",
        ("person",),
        "room=room__title kind reason imposed_at ends_at lifted_at",
    ),
    Section("reachable", "chat.Reachable", ("person",), "since"),
    Section("requests", "chat.Talk", ("asked_by",), "asked_at accepted_at"),
    Section(
        "direct_talks",
        "chat.Talk",
        ("first", "second"),
        "with_one=first__name with_other=second__name asked_at accepted_at",
    ),
    Section("blocks", "chat.Block", ("by",), "blocked_at"),
]

LEFT_OUT = {
    "admin.LogEntry.user": "what was done in the administration, to others' data",
    "chat.Message.hidden_by": "what was done for the organisers, to others' messages",
    "chat.Report.settled_by": "what was done for the organisers, to others' messages",
    "chat.Sanction.imposed_by": "what was done for the organisers, to other people",
    "chat.Sanction.lifted_by": "what was done for the organisers, to other people",
    "conference.Mailing.approved_by": "what was done for the organisers",
}


def data_of(person: Person) -> dict[str, Any]:
    """As JSON can hold it; times in UTC. One query a section, and one for the groups."""
    fields = ("name", "email", "organisation", "place", "function", "language")
    times = ("joined_at", "confirmed_at", "last_login")
    return {
        "person": {field: getattr(person, field) for field in (*fields, *times)}
        | {"groups": [group.name for group in person.groups.all()]},
        **{section.name: section.rows_of(person) for section in SECTIONS},
    }
