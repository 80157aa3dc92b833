"""Pieces of an event's pages that many readers have in common, made once for all of them.

``{% load shared %}{% shared "programme" day %}…{% endshared %}``

Such a piece may depend on the event, on what the reader is to it (``Standing``), on their
language, and on what the tag names; on nothing else of the reader, which is why the reader is
out of its sight. It is kept for ``KEPT`` seconds. Whoever runs the event, and whoever
``unless=`` names, gets it made anew, and so sees at once what they have changed.
"""

from typing import Any

from django import template
from django.core.cache import caches
from django.core.cache.utils import make_template_fragment_key
from django.template.base import FilterExpression, NodeList, Parser, Token, token_kwargs
from django.template.context import Context
from django.utils.translation import get_language

from conference.models import Event
from conference.models.event import Standing

register = template.Library()

KEPT = 10  # seconds
READER = dict.fromkeys(["user", "perms", "messages", "request", "csrf_token"])


@register.tag
def shared(parser: Parser, token: Token) -> template.Node:
    _tag, *bits = token.split_contents()
    options = token_kwargs(bits[-1:], parser)
    names = [parser.compile_filter(bit) for bit in (bits[:-1] if options else bits)]
    nodelist = parser.parse(("endshared",))
    parser.delete_first_token()
    return Shared(nodelist, names, options.get("unless"))


class Shared(template.Node):
    def __init__(
        self, nodelist: NodeList, names: list[FilterExpression], unless: FilterExpression | None
    ) -> None:
        self.nodelist, self.names, self.unless = nodelist, names, unless

    def render(self, context: Context) -> str:
        standing = standing_in(context["request"], context["event"])
        if standing == Standing.ORGANISER or (self.unless and self.unless.resolve(context)):
            return self._made(context)
        named = [name.resolve(context) for name in self.names]
        whose = [context["event"].pk, standing, get_language()]
        key = make_template_fragment_key("shared", [*named, *whose])
        fragments = caches["template_fragments"]
        html = fragments.get(key)
        if html is None:
            html = self._made(context)
            fragments.set(key, html, KEPT)
        return html

    def _made(self, context: Context) -> str:
        with context.push(**READER):
            return self.nodelist.render(context)


def standing_in(request: Any, event: Event) -> Standing:
    """What the reader is to the event; asked once per request."""
    known = request.__dict__.setdefault("standings", {})
    if event.pk not in known:
        known[event.pk] = event.standing_of(request.user)
    return known[event.pk]
