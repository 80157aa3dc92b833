"""Small films for the demonstration: title cards, soft tones, captions and chapters."""

from collections.abc import Iterator
from datetime import timedelta
from io import BytesIO
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from django.conf import settings
from PIL import Image, ImageDraw, ImageFont

from conference import ffmpeg

SIZE = (1280, 720)
RATE = 2  # pictures per second: title cards do not move, and a key picture a second is enough
READING = 15  # letters per second
FONTS = settings.BASE_DIR / "node_modules/@fontsource/fira-sans/files"
# Ground, accent, quiet accent, and the houses' walls: the colours of the house's style sheet.
INK, QUIET = "#20282a", "#565c59"
PALETTES = [
    ("#fbf8f2", "#0d5960", "#ddeeeb", ["#0d5960", "#2f7f83", "#86b8b2", "#e2b98f"]),
    ("#fdf4e8", "#9a3f14", "#fce7d2", ["#9a3f14", "#c9713f", "#e5b07f", "#0d5960"]),
    ("#f5f7f0", "#2a6a33", "#dfeedd", ["#2a6a33", "#5b9460", "#a5c9a0", "#e2b98f"]),
]
# How encoders are told that hardly anything moves.
STILL = [
    *("-c:v", "libx264", "-preset", "superfast", "-tune", "stillimage"),
    *("-crf", "30", "-pix_fmt", "yuv420p", "-threads", "1"),
    *("-g", str(RATE), "-keyint_min", str(RATE), "-sc_threshold", "0"),
]
SOUND = ["-c:a", "aac", "-b:a", "48k"]
# Where the signing figure's hands are, in pixels from its middle and from above.
POSES = [
    ((70, 250), (70, 250)),
    ((30, 200), (120, 180)),
    ((110, 150), (40, 240)),
    ((20, 230), (90, 130)),
]
CHORDS = [(220, 277.18, 329.63), (196, 246.94, 293.66), (174.61, 220, 261.63)]  # hertz


class Section(NamedTuple):
    """A chapter: its title, the sentence on its card, and what is said (with who says it)."""

    title: str
    point: str
    texts: list[tuple[str, str]]


class Cue(NamedTuple):
    start: float
    end: float
    text: str
    voice: str


class Film:
    """One recording of the demonstration, made from its sections; ``number`` gives its look."""

    def __init__(
        self, number: int, label: str, title: str, by: list[str], sections: list[Section]
    ) -> None:
        self.number, self.label, self.title, self.by = number, label, title, by
        self.sections = sections
        self.ground, self.accent, self.soft, self.walls = PALETTES[number % len(PALETTES)]

    # -- time

    @property
    def cues(self) -> list[list[Cue]]:
        """Those of each section; half a second of silence after each text, more in between."""
        moment, sections = 1.5, []
        for section in self.sections:
            cues = []
            for voice, text in section.texts:
                end = moment + 1 + len(text) / READING
                cues.append(Cue(moment, end, text, voice))
                moment = end + 0.5
            sections.append(cues)
            moment += 1
        return sections

    @property
    def starts(self) -> list[int]:
        """When the sections start, in whole seconds; and when the film ends."""
        return [
            0,
            *(int(cues[0].start) for cues in self.cues[1:]),
            int(self.cues[-1][-1].end) + 2,
        ]

    @property
    def length(self) -> timedelta:
        return timedelta(seconds=self.starts[-1])

    @property
    def captions(self) -> str:
        return webvtt(
            (cue.start, cue.end, f"<v {cue.voice}>{cue.text}" if cue.voice else cue.text)
            for cues in self.cues
            for cue in cues
        )

    @property
    def chapters(self) -> str:
        spans = pairwise(self.starts)
        return webvtt(
            (start, end, section.title)
            for (start, end), section in zip(spans, self.sections, strict=True)
        )

    # -- pictures

    def poster(self) -> bytes:
        picture = BytesIO()
        self.card(0).save(picture, "WEBP", quality=85)
        return picture.getvalue()

    def card(self, index: int) -> Image.Image:
        """The first one bears the title, the others their section's point."""
        picture = Image.new("RGB", SIZE, self.ground)
        draw = ImageDraw.Draw(picture)
        draw.ellipse((860, -260, 1560, 440), self.soft)
        self._houses(draw)
        section = self.sections[index]
        big = self.title if index == 0 else section.point
        draw.text((88, 76), self.label.upper(), self.accent, font(600, 26))
        draw.rectangle((90, 124, 170, 130), self.accent)
        bottom = write(draw, (86, 156), big, 700, 62, INK, 1050)
        bottom += 26
        for line in [section.title] if index else self.by:
            bottom = write(draw, (88, bottom), line, 400, 30, QUIET, 1000)
        for number in range(len(self.sections)):
            x = 92 + number * 34
            box = (x, 664, x + 16, 680)
            draw.ellipse(box, self.accent if number <= index else self.ground, self.accent, 3)
        return picture

    def _houses(self, draw: ImageDraw.ImageDraw) -> None:
        """A row of houses, another one for each film."""
        x, turn = 560, self.number
        while x < SIZE[0]:
            turn += 1
            width, height = 90 + turn * 37 % 70, 110 + turn * 53 % 130
            top, wall = SIZE[1] - 8 - height, self.walls[turn % len(self.walls)]
            draw.polygon(
                [(x, top), (x + width / 2, top - 34 - turn % 3 * 12), (x + width, top)], wall
            )
            draw.rectangle((x, top, x + width, SIZE[1]), wall)
            for row in range(top + 22, SIZE[1] - 50, 46):
                for column in (x + width * 0.22, x + width * 0.6):
                    is_lit = (turn + row + int(column)) % 3
                    draw.rectangle(
                        (column, row, column + 18, row + 24),
                        "#ffe9b8" if is_lit else self.ground,
                    )
            x += width + 6

    # -- the video

    def video(self) -> bytes:
        """MP4 with a bar that grows, and chords that swell."""
        with TemporaryDirectory() as directory:
            cards = []
            for index in range(len(self.sections)):
                card = Path(directory) / f"{index}.png"
                self.card(index).save(card, compress_level=1)
                cards += ["-framerate", str(RATE), "-i", str(card)]
            inputs = [
                *cards,
                *("-f", "lavfi", "-i", self._bar(), "-f", "lavfi", "-i", self._sound()),
                *("-filter_complex", self._graph(), "-map", "[v]", "-map", "[a]"),
            ]
            return made(*inputs, *STILL, *SOUND, *self._length, suffix=".mp4")

    def signed(self) -> bytes:
        """MP4 of a figure that moves its hands for as long, without sound."""
        with TemporaryDirectory() as directory:
            for number in range(len(POSES)):
                self.figure(number).save(Path(directory) / f"{number}.png")
            poses = ["-framerate", "1", "-i", f"{directory}/%d.png"]
            again = f"format=yuv420p,loop=-1:{len(POSES)},fps={RATE}"
            return made(*poses, "-vf", again, *STILL, *self._length, suffix=".mp4")

    def described(self) -> bytes:
        """The film's chords, and a bell wherever a card would have to be described."""
        rings = "+".join(f"gte(t,{at})*exp(-6*max(t-{at},0))" for at in self.starts[:-1])
        bell = f"aevalsrc='0.4*sin(2*PI*880*t)*({rings})':s=16000:d={self.starts[-1]}"
        inputs = ["-f", "lavfi", "-i", self._sound(), "-f", "lavfi", "-i", bell]
        mixed = ["-filter_complex", "[0:a][1:a]amix=2:normalize=0"]
        return made(*inputs, *mixed, *SOUND, suffix=".m4a")

    def figure(self, pose: int) -> Image.Image:
        """Head, shoulders and two arms, whose hands are where this pose has them."""
        picture = Image.new("RGB", (640, 360), self.ground)
        draw = ImageDraw.Draw(picture)
        draw.ellipse((270, 50, 370, 160), self.walls[3])
        draw.rounded_rectangle((220, 180, 420, 420), 60, self.accent)
        for side, (x, y) in zip((-1, 1), POSES[pose], strict=True):
            shoulder, hand = (320 + side * 85, 215), (320 + side * x, y)
            elbow = (320 + side * 140, 300)
            draw.line([shoulder, elbow, hand], self.accent, 34, joint="curve")
            draw.ellipse(
                (hand[0] - 24, hand[1] - 24, hand[0] + 24, hand[1] + 24), self.walls[3]
            )
        return picture

    @property
    def _length(self) -> list[str]:
        return ["-t", str(self.starts[-1])]

    def _bar(self) -> str:
        return f"color=c={self.accent}:s={SIZE[0]}x8:r={RATE}:d={self.starts[-1]}"

    def _sound(self) -> str:
        length = self.starts[-1]
        tones = [
            f"sine={pitch}:r=16000:d={length},tremolo={0.1 + index * 0.03}:0.6[tone{index}]"
            for index, pitch in enumerate(CHORDS[self.number % len(CHORDS)])
        ]
        together = "".join(f"[tone{index}]" for index in range(len(tones)))
        return f"{';'.join(tones)};{together}amix={len(tones)},volume=0.8"

    def _graph(self) -> str:
        count, length = len(self.sections), self.starts[-1]
        # Each card is decoded and converted once, and then repeated.
        cards = "".join(
            f"[{index}:v]format=yuv420p,loop={(end - start) * RATE - 1}:1,"
            f"setpts=N/{RATE}/TB[card{index}];"
            for index, (start, end) in enumerate(pairwise(self.starts))
        )
        row = "".join(f"[card{index}]" for index in range(count))
        return (
            f"{cards}{row}concat=n={count}:v=1:a=0[cards];"
            f"[cards][{count}:v]overlay=x='-W+W*t/{length}':y={SIZE[1] - 8}[v];"
            f"[{count + 1}:a]afade=d=2,afade=t=out:st={length - 3}:d=3[a]"
        )


def made(*arguments: str, suffix: str) -> bytes:
    """What ffmpeg makes of them."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / f"film{suffix}"
        ffmpeg.run("-v", "error", *arguments, "-movflags", "+faststart", path)
        return path.read_bytes()


def webvtt(cues: Iterator[tuple[float, float, str]]) -> str:
    blocks = [f"{clock(start)} --> {clock(end)}\n{text}" for start, end, text in cues]
    return "\n\n".join(["WEBVTT", *blocks]) + "\n"


def clock(seconds: float) -> str:
    thousandths = round(seconds * 1000)
    return f"{thousandths // 60_000:02}:{thousandths // 1000 % 60:02}.{thousandths % 1000:03}"


def font(weight: int, size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(FONTS / f"fira-sans-latin-{weight}-normal.woff", size)


def write(
    draw: ImageDraw.ImageDraw,
    place: tuple[int, int],
    text: str,
    weight: int,
    size: int,
    colour: str,
    width: int,
) -> int:
    """In lines of at most this width; gives the lower edge."""
    face, (x, y) = font(weight, size), place
    line, lines = "", []
    for word in text.split():
        if line and face.getlength(f"{line} {word}") > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    for row in [*lines, line]:
        draw.text((x, y), row, colour, face)
        y += round(size * 1.2)
    return y
