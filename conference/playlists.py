"""HLS playlists (RFC 8216), written from what a film's renditions say of themselves.

None is stored: who may see what, and for how long an address opens, is decided anew each time.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from itertools import accumulate
from math import ceil
from typing import NotRequired, TypedDict

CONTENT_TYPE = "application/vnd.apple.mpegurl"
SOUND = "sound"  # the name of the rendition that has no pictures
# Players begin with the first variant of the list, whatever the line can bear: one that looks
# decent and yet starts at once on a slow one, in bits per second.
FIRST = 1_500_000


class Rendition(TypedDict):
    """One height of a film, or its sound; ``segments`` are lengths in seconds."""

    name: str
    bandwidth: int
    codecs: str
    segments: list[float]
    width: NotRequired[int]
    height: NotRequired[int]


def master_playlist(
    renditions: Iterable[Rendition], *, language: str, sound_name: str = ""
) -> str:
    """All heights with the one sound that they share, and that sound alone.

    ``language`` is the sound's, such as ``de``; ``sound_name`` is how people call it. The
    media playlists stand beside this one, as ``720.m3u8``.
    """
    renditions = list(renditions)
    sound = next((one for one in renditions if one["name"] == SOUND), None)
    pictures = sorted(
        (one for one in renditions if one["name"] != SOUND),
        key=lambda one: (one["bandwidth"] > FIRST, abs(one["bandwidth"] - FIRST)),
    )
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS"]
    if sound:
        group = {
            "TYPE": "AUDIO",
            "GROUP-ID": quoted(SOUND),
            "NAME": quoted(sound_name or language),
            "LANGUAGE": quoted(language),
            "DEFAULT": "YES",
            "AUTOSELECT": "YES",
            "URI": quoted(f"{SOUND}.m3u8"),
        }
        lines.append(f"#EXT-X-MEDIA:{attributes(group)}")
    for one in [*pictures, *([sound] if sound else [])]:
        lines += [f"#EXT-X-STREAM-INF:{variant(one, sound)}", f"{one['name']}.m3u8"]
    return text(lines)


def variant(one: Rendition, sound: Rendition | None) -> str:
    own = [one] if sound is None or one is sound else [one, sound]
    described = {"BANDWIDTH": str(sum(part["bandwidth"] for part in own))}
    if "width" in one and "height" in one:
        described["RESOLUTION"] = f"{one['width']}x{one['height']}"
    described["CODECS"] = quoted(",".join(part["codecs"] for part in own))
    if sound:
        described["AUDIO"] = quoted(SOUND)
    return attributes(described)


def media_playlist(
    rendition: Rendition, address: Callable[[str], str], *, until: float | None = None
) -> str:
    """The rendition's segments; ``address`` says where its file of a name is.

    With ``until``, only those that begin before this second of the film; a player then asks
    again for what has come to it meanwhile.
    """
    starts = accumulate(rendition["segments"], initial=0.0)
    lengths = [
        length
        for start, length in zip(starts, rendition["segments"], strict=False)
        if until is None or start < until
    ]
    kind = "VOD" if until is None else "EVENT"
    lines = [
        "#EXTM3U",
        "#EXT-X-VERSION:7",
        f"#EXT-X-TARGETDURATION:{ceil(max(rendition['segments'], default=1))}",
        f"#EXT-X-PLAYLIST-TYPE:{kind}",
        "#EXT-X-INDEPENDENT-SEGMENTS",
        f"#EXT-X-MAP:URI={quoted(address('init.mp4'))}",
    ]
    lines += segments(lengths, address)
    if len(lengths) == len(rendition["segments"]):
        lines.append("#EXT-X-ENDLIST")
    return text(lines)


def segments(lengths: Iterable[float], address: Callable[[str], str]) -> Iterator[str]:
    for number, length in enumerate(lengths):
        yield f"#EXTINF:{length:.6f},"
        yield address(f"{number:05}.m4s")


def attributes(values: dict[str, str]) -> str:
    return ",".join(f"{name}={value}" for name, value in values.items())


def quoted(value: str) -> str:
    """As playlists have it: they know no escapes, so what would end the text is left out."""
    return '"{}"'.format(value.translate({ord(sign): None for sign in '"\r\n'}))


def text(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)
