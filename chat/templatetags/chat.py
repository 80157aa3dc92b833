from functools import cache, cached_property
from typing import Any
from uuid import uuid4

from django import template
from django.conf import settings
from django.template.base import NodeList, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from chat import clock, live, notices, presence, reading
from chat.finding import excerpt
from chat.models import Message, Reachable, Reaction, Room
from chat.models.message import MAX_LENGTH
from chat.models.posting import Paused, check_voice
from chat.models.reaction import signs_of
from chat.models.report import open_in
from chat.models.room import PACES, PAGE
from chat.models.talk import Unreachable
from chat.refusal import Refusal
from chat.rows import Row
from chat.text import to_html
from chat.views.doors import Entered, way_back

register = template.Library()
register.filter("to_html", to_html)
register.filter("excerpt", excerpt)


@register.tag
def every_language(parser: Parser, token: Token) -> template.Node:
    """``{% every_language %}{% translate "edited" %}{% endevery_language %}``

    The text in each language of the house, marked; CSS shows the page's one. It is always the
    same, and put together once.
    """
    nodelist = parser.parse(("endevery_language",))
    parser.delete_first_token()
    return EveryLanguage(nodelist)


class EveryLanguage(template.Node):
    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist

    def render(self, context: Context) -> SafeString:
        return self.texts

    @cached_property
    def texts(self) -> SafeString:
        return mark_safe("".join(self._in(code) for code, _name in settings.LANGUAGES))  # noqa: S308

    def _in(self, code: str) -> SafeString:
        with translation.override(code):
            text = self.nodelist.render(Context())
        return format_html('<span class="in-{0}" lang="{0}">{1}</span>', code, text)


ROOM, NUMBER = 10**15 + 1, 10**15 + 2  # stand for those of any message


@register.simple_tag
def message_actions(message: Message) -> SafeString:
    """The links below a message: the same for all but for its room and number, so they are put
    together once. Half the work of a row."""
    html = actions_of(is_hidden=message.hidden_at is not None)
    html = html.replace(str(ROOM), str(message.room_id))
    return mark_safe(html.replace(str(NUMBER), str(message.number)))  # noqa: S308 - a template's


@cache
def actions_of(*, is_hidden: bool) -> str:
    hidden_at = clock.now() if is_hidden else None
    message = Message(room_id=ROOM, number=NUMBER, hidden_at=hidden_at)
    return render_to_string("chat/_actions.html", {"message": message})


@register.inclusion_tag("chat/_room.html", takes_context=True)
def chat_room(
    context: Context,
    room: Room,
    before: int | None = None,
    at: int | None = None,
    answers: int | None = None,
    refusal: Refusal | None = None,
    body: str = "",
) -> dict[str, Any]:
    """The room's chat for somebody who was admitted: its newest messages, those before a
    number, or those around one (``at``); about to answer one. Five queries, up to seven more.
    """
    request: Entered = context["request"]
    me = request.user
    people = presence.note(room.pk, me.pk)
    seat = room.seat_of(me)
    silence = silence_of(seat)
    page, is_live = page_at(room, before, at)
    if is_live:
        head = max([room.head, *(message.number for message in page[-1:])])
        if seat.read < head:
            reading.note({(room.pk, me.pk): head})
    return {
        "request": request,
        "csrf_token": context.get("csrf_token"),
        "room": room,
        "me": me,
        "role": seat.role,
        "keeps": seat.may_hide,
        "mute": live.mute_of(seat.muted_until, seat.mute_reason),
        "silence": silence,
        "shut_text": Unreachable() if room.is_direct else Paused(),
        "paused_text": silence if room.is_direct and room.paused_at else None,
        "wait": 0 if seat.may_hide else room.seconds_until_post(me.pk),
        "paces": PACES,
        "signs": Reaction.Sign,
        "reacted": int(clock.now().timestamp()),
        "reports": open_in(room) if seat.may_hide else 0,
        "pinned": pinned_in(room, me.pk),
        "rows": rows_for(me.pk, page, seat.read),
        "older": page[0].number if len(page) == PAGE else None,
        "newer": None if is_live else page[-1].number if page else 0,
        "answered": room.messages.with_author().filter(number=answers).first()
        if answers is not None
        else None,
        "people": own_marked(presence.listed(room.pk, people), me.pk),
        "refusal": refusal,
        "body": body,
        "most": MAX_LENGTH,
        "client_id": uuid4(),
        "next": page_of(request, room),
    }


def page_of(request: Entered, room: Room) -> str:
    """Where the room is shown: on this page, or on that of its host."""
    is_own_page = request.resolver_match and request.resolver_match.app_name == "chat"
    if not is_own_page:
        return request.get_full_path()
    return "" if room.is_direct else way_back(request)


def silence_of(seat: Any) -> Refusal | None:
    """Why this person may not write now, if so."""
    try:
        check_voice(seat)
    except Refusal as refusal:
        return refusal
    return None


def pinned_in(room: Room, person_pk: int) -> SafeString:
    """The row of the message that stands above the log, if one does."""
    pinned = room.pinned()
    html = pinned.html.replace(' id="', ' data-id="') if pinned else ""  # ids are unique
    return own_marked(html, person_pk)


def page_at(room: Room, before: int | None, at: int | None) -> tuple[list[Row], bool]:
    """The messages to show, and whether new ones follow on them."""
    page = room.page_before(before)
    if before is not None:
        return page, False
    if at is None or len(page) < PAGE or at >= page[0].number:
        return page, True
    return room.page_around(at), False


def rows_for(person_pk: int, page: list[Row], read: int) -> SafeString:
    """Each message's row, under its day; the reader's own are marked from outside, and so is
    where the new ones begin."""
    html: list[str] = []
    day = None
    mine = signs_of(person_pk, page)
    new = (row for row in page if row.number > read and row.author_id != person_pk)
    first_new = next(new, None)
    for row in page:
        if row is first_new:
            text = _("New since your last visit")
            html.append(format_html('<li class="chat__unread">{}</li>', text))
        posted_on = timezone.localdate(row.posted_at)
        if posted_on != day:
            day = posted_on
            html.append(
                format_html(
                    '<li class="chat__day"><time datetime="{}">{}</time></li>',
                    day,
                    date_format(day, _("l, F j")),
                )
            )
        signs = f' data-mine="{" ".join(mine[row.number])}" data-changed='
        html.append(row.html.replace(" data-changed=", signs, 1))
    return own_marked("".join(html), person_pk)


def own_marked(html: str, person_pk: int) -> SafeString:
    own = f'data-author="{person_pk}"'
    mine = f'data-person="{person_pk}"'
    html = html.replace(own, f"{own} data-own").replace(mine, f"{mine} data-me")
    return mark_safe(html)  # noqa: S308 - rows are


@register.inclusion_tag("chat/_talk.html", takes_context=True)
def direct_talk(context: Context, room: Room) -> dict[str, Any]:
    """How things stand between the two, and what this one may do about it. Two queries."""
    request: Entered = context["request"]
    me, talk = request.user, room.talk
    return {
        "csrf_token": context.get("csrf_token"),
        "room": room,
        "talk": talk,
        "person": talk.other(me.pk),
        "is_request": talk.is_request_to(me.pk),
        "is_blocked": talk.is_blocked_by(me.pk),
        "is_reachable": Reachable.is_said_by(me),
    }


@register.inclusion_tag("chat/_bell.html", takes_context=True)
def notice_bell(context: Context) -> dict[str, Any]:
    """For who is logged in; one query."""
    me = context.get("user")
    if me is None or not me.is_authenticated:
        return {"is_known": False}
    return {"is_known": True, "count": notices.count_new(me.pk)}


@register.filter
def in_words(seconds: int) -> str:
    """How long slow mode lets people wait."""
    if seconds < 60:
        return ngettext("%d second", "%d seconds", seconds) % seconds
    return ngettext("%d minute", "%d minutes", seconds // 60) % (seconds // 60)


register.filter("way_back", way_back)
