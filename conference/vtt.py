"""WebVTT, the format of captions and chapters: read, written, and checked with line numbers.

SRT is taken, too, and becomes WebVTT. Libraries read these formats forgivingly, or stop with
words for programmers; here whoever made the file learns what is wrong, and in which line.
"""

import re
from codecs import BOM_UTF16_BE, BOM_UTF16_LE
from collections.abc import Iterable, Iterator
from html import escape, unescape
from itertools import pairwise
from typing import NamedTuple

from django.utils.translation import gettext as _

TIME = r"(?:([0-9]{2,6}):)?([0-5][0-9]):([0-5][0-9])\.([0-9]{3})"
HEADER = re.compile(r"WEBVTT(?:[ \t].*)?$", re.MULTILINE)
TIMING = re.compile(rf"\s*{TIME}[ \t]+-->[ \t]+{TIME}(?:[ \t]+\S.*)?\s*")
# SRT's times, as they come: with a comma, with or without hours, places on the screen behind.
LOOSE_TIME = r"(?:([0-9]{1,6}):)?([0-9]{1,2}):([0-9]{1,2})[,.]([0-9]{1,3})"
LOOSE_TIMING = re.compile(rf"\s*{LOOSE_TIME}[ \t]*-->[ \t]*{LOOSE_TIME}(?:[ \t].*)?")
LOOSE_TAG = re.compile(r"\{\\[^{}]*\}|</?font\b[^<>]*>", re.IGNORECASE)
BARE_AMPERSAND = re.compile(r"&(?!(?:#?[0-9A-Za-z]{1,12});)")
BLOCKS_WITHOUT_CUES = re.compile(r"(NOTE|STYLE|REGION)(?:[ \t].*)?")
# Neither looks beyond the next “<”: a megabyte of them would keep the whole process busy.
VOICE = re.compile(r"<v(?:\.[^\s<>]*)?\s([^<>]+)>")
TAG = re.compile(r"<[^<>]*>")


class VttError(ValueError):
    """Carries a sentence for whoever made the file, and the line that it speaks of, or 0."""

    def __init__(self, sentence: str, line: int = 0) -> None:
        super().__init__(sentence)
        self.line = line


class Cue(NamedTuple):
    """``start`` and ``end`` in seconds; plain ``text``, and who speaks if the file says so."""

    start: float
    end: float
    text: str
    voice: str = ""


class Decoded(NamedTuple):
    """A file's text, with ``\n`` alone; whether its encoding had to be guessed."""

    text: str
    is_guess: bool = False


def decode(source: bytes) -> Decoded:
    """UTF-8, UTF-16 with its mark, or else Windows-1252, as German Windows programs save.

    Raises ``VttError`` for none of these.
    """
    is_utf16 = source.startswith((BOM_UTF16_BE, BOM_UTF16_LE))
    for encoding in ["utf-16"] if is_utf16 else ["utf-8-sig", "cp1252"]:
        try:
            text = source.decode(encoding)
        except UnicodeDecodeError:
            continue
        if encoding != "cp1252" or "\0" not in text:
            return Decoded(tidy(text), is_guess=encoding == "cp1252")
    raise VttError(_("This is no text that we can read. Please save it as UTF-8."))


def tidy(text: str) -> str:
    """The same lines, ended by ``\n`` alone, without what no line may hold."""
    return re.sub(r"\r\n?", "\n", text.removeprefix("\ufeff").replace("\0", "\ufffd"))


def as_vtt(text: str) -> str:
    """What somebody handed in, SRT or WebVTT, as WebVTT that ``parse`` reads.

    Raises ``VttError``; its lines are those of what was handed in.
    """
    text = tidy(text)
    if not text.strip():
        raise VttError(_("There is no text in it."))
    if HEADER.match(text) or "-->" not in text:
        parse(text)
        return text.rstrip("\n") + "\n"
    lines = [_from_srt(line) for line in text.split("\n")]
    _cues(lines, is_inside=False)
    return "WEBVTT\n\n" + "\n".join(_without_numbers(lines)).strip("\n") + "\n"


def parse(source: bytes | str) -> list[Cue]:
    """The cues of WebVTT in their order; raises ``VttError``."""
    lines = (decode(source).text if isinstance(source, bytes) else tidy(source)).split("\n")
    if not HEADER.fullmatch(lines[0]):
        raise VttError(_("Line 1: the file must begin with “WEBVTT”."), 1)
    return _cues(lines, is_inside=True)


def write(cues: Iterable[Cue]) -> str:
    """WebVTT that ``parse`` reads as these cues; text may have several lines."""
    return "WEBVTT\n" + "".join(
        f"\n{timestamp(cue.start)} --> {timestamp(cue.end)}\n{_payload(cue)}\n" for cue in cues
    )


def timestamp(seconds: float) -> str:
    """As WebVTT has it: ``00:03:05.250``."""
    thousandths = round(seconds * 1000)
    minutes, rest = divmod(thousandths, 60_000)
    hours, minutes = divmod(minutes, 60)
    return f"{hours:02}:{minutes:02}:{rest // 1000:02}.{rest % 1000:03}"


def overlaps(cues: Iterable[Cue]) -> Iterator[tuple[Cue, Cue]]:
    """Neighbours of which the second begins before the first ends.

    WebVTT allows it: both then stand above each other. Few people mean it.
    """
    return ((one, other) for one, other in pairwise(cues) if other.start < one.end)


def _payload(cue: Cue) -> str:
    text = escape("\n".join(filter(str.strip, cue.text.split("\n"))), quote=False)
    return f"<v {escape(cue.voice, quote=False)}>{text}" if cue.voice else text


def _from_srt(line: str) -> str:
    if match := LOOSE_TIMING.fullmatch(line):
        parts = match.groups()
        return " --> ".join(
            f"{int(hours or 0):02}:{int(minutes):02}:{int(seconds):02}.{thousandths:0<3}"
            for hours, minutes, seconds, thousandths in (parts[:4], parts[4:])
        )
    return BARE_AMPERSAND.sub("&amp;", LOOSE_TAG.sub("", line))


def _without_numbers(lines: list[str]) -> Iterator[str]:
    """SRT counts its texts; WebVTT has no need of that."""
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        if not (line.strip().isdecimal() and TIMING.fullmatch(after)):
            yield line


def _cues(lines: list[str], *, is_inside: bool) -> list[Cue]:
    """``is_inside`` a header, whose lines belong to no block."""
    cues: list[Cue] = []
    for number, block in _blocks(lines, is_inside):
        if cue := _cue(number, block):
            if cues and cue.start < cues[-1].start:
                raise _error(number, _("this text starts before the one above it."))
            cues.append(cue)
    if not cues:
        raise VttError(_("The file has no texts with times, such as 00:01.000 --> 00:04.000."))
    return cues


def _blocks(lines: list[str], is_inside: bool) -> list[tuple[int, list[str]]]:
    """What stands between empty lines, each with the number of its first line."""
    blocks: list[tuple[int, list[str]]] = []
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
    sentence = _("Line %(number)d: %(problem)s") % {"number": number, "problem": problem}
    return VttError(sentence, number)
