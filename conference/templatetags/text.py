"""Organisers' texts: ``{% load text %}{{ event.description|markdown }}``."""

from collections.abc import Sequence
from urllib.parse import urlsplit

from django import template
from django.utils.safestring import SafeString, mark_safe
from markdown_it import MarkdownIt
from markdown_it.token import Token

register = template.Library()

SCHEMES = {"", "http", "https", "mailto", "tel"}


def is_safe(url: str) -> bool:
    try:
        return urlsplit(url).scheme.lower() in SCHEMES
    except ValueError:
        return False


# Pictures would ask other hosts, and HTML could be anything: both stay the text they are.
parser = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])
parser.disable(["image", "html_block", "html_inline"])
parser.validateLink = is_safe  # type: ignore[method-assign]


@register.filter
def markdown(source: str, top: int = 2) -> SafeString:
    """Headings, lists, links and tables as HTML; its highest heading becomes ``<h{top}>``."""
    tokens = parser.parse(source)
    tidy(tokens, top)
    return mark_safe(parser.renderer.render(tokens, parser.options, {}))  # noqa: S308


def tidy(tokens: Sequence[Token], top: int) -> None:
    """Headings in order: no level is left out on the way down, whatever the writer left out."""
    open_levels: list[int] = []
    for token in tokens:
        token.attrs.pop("style", None)  # of an aligned table's cell; the CSP forbids it
        if token.type == "heading_open":
            level = int(token.tag[1])
            open_levels = [one for one in open_levels if one < level] + [level]
        if token.type in {"heading_open", "heading_close"}:
            token.tag = f"h{min(top + len(open_levels) - 1, 6)}"
