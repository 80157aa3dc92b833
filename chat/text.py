"""What people write: tidied when it comes in, turned into safe HTML when it goes out."""

import re

from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from linkify_it import LinkifyIt

# Lone surrogates and control characters: no database stores them, no reader sees them.
INVISIBLE = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
SCHEMES = ("https://", "http://", "mailto:")
links = LinkifyIt()


def tidy(text: str) -> str:
    """With plain line ends, at most one empty line in a row, nothing around it."""
    text = re.sub(r"\r\n?|[\x85\u2028\u2029]", "\n", text)
    text = re.sub(r"\n(?:[^\S\n]*\n){2,}", "\n\n", INVISIBLE.sub("", text)).strip()
    return text if any(sign.isprintable() and not sign.isspace() for sign in text) else ""


def to_html(text: str) -> SafeString:
    """The text with its links clickable, and nothing else of it HTML."""
    html, end = "", 0
    for link in links.match(text) or []:
        # “Hallo.Es” is a missing space rather than an address in Spain.
        is_meant = link.schema or link.raw.lower().startswith("www.")
        if is_meant and link.url.lower().startswith(SCHEMES):
            html += escape(text[end : link.index])
            html += format_html(
                '<a href="{}" target="_blank" rel="noopener noreferrer nofollow ugc">{}</a>',
                link.url,
                link.raw,
            )
            end = link.last_index
    return mark_safe(html + escape(text[end:]))  # noqa: S308 - escaped piece by piece
