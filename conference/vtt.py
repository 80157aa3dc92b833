"""WebVTT, the format of captions and chapters: read, and checked with line numbers."""

import re
from html import unescape
from typing import NamedTuple

from django.utils.translation import gettext as _

TIME = r"(?:([0-9]{2,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
TIMING = re.compile(rf"\s*{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+\S.*)?\s*")
BLOCKS_WITHOUT_CUES = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t].*)?")
# Neither looks beyond the next “<”: a megabyte of them would keep the whole process busy.
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]+)>")
TAG = re.compile(r"<[^<>]*>")


class VttError(ValueError):
    """Carries a sentence for whoever made the file, with the number of the line."""


class Cue(NamedTuple):
    """``start`` and ``end`` in seconds; plain ``text``, and who speaks if the file says so."""

    start: float
    end: float
    text: str
    voice: str = ""


def parse(source: bytes) -> list[Cue]:
    """The cues in their order; raises ``VttError``."""
    try:
        text = source.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise VttError(_("The file is not in UTF-8. Please save it as UTF-8.")) from None
    lines = re.sub(r"\r\n?", "\n", text.replace("\0", "\ufffd")).split("\n")
    if not re.fullmatch(r"WEBVTT(?:[ \t].*)?", lines[0]):
        raise VttError(_("Line 1: the file must begin with “WEBVTT”."))
    cues: list[Cue] = []
    for number, block in _blocks(lines):
        if cue := _cue(number, block):
            if cues and cue.start < cues[-1].start:
                raise _error(number, _("this text starts before the one above it."))
            cues.append(cue)
    if not cues:
        raise VttError(_("The file has no texts with times, such as 00:01.000 --> 00:04.000."))
    return cues


def _blocks(lines: list[str]) -> list[tuple[int, list[str]]]:
    """What stands between empty lines, each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
    is_inside = True  # the header's own lines belong to no block
    for number, line in enumerate(lines, 1):
        if not line.strip():
            is_inside = False
        elif is_inside and blocks:
            blocks[-1][1].append(line)
        elif not is_inside:
            blocks.append((number, [line]))
            is_inside = True
    return blocks


def _cue(number: int, block: list[str]) -> Cue | None:
    if BLOCKS_WITHOUT_CUES.fullmatch(block[0]) and "-->" not in block[0]:
        return None
    if "-->" not in block[0]:  # the cue's name
        number, block = number + 1, block[1:]
    match = TIMING.fullmatch(block[0]) if block else None
    if match is None:
        raise _error(number, _("expected times such as 00:01.000 --> 00:04.000."))
    start, end = _seconds(*match.groups()[:4]), _seconds(*match.groups()[4:])
    if end <= start:
        raise _error(number, _("the end must be after the start."))
    if any("-->" in line for line in block[1:]):
        raise _error(number, _("an empty line is missing before the next times."))
    text = " ".join(line.strip() for line in block[1:])
    voice = VOICE.search(text)
    plain = unescape(TAG.sub("", text)).strip()
    if not plain:
        raise _error(number, _("there is no text below these times."))
    return Cue(start, end, plain, unescape(voice[1]).strip() if voice else "")


def _seconds(hours: str | None, minutes: str, seconds: str, thousandths: str) -> float:
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int(thousandths) / 1000


def _error(number: int, problem: str) -> VttError:
    return VttError(_("Line %(number)d: %(problem)s") % {"number": number, "problem": problem})
