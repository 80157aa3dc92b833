"""A small paint box for the demo's pictures: skies, hills, houses, trees and people.

All measures are in units of a sheet of 1200 by 800; it is painted at twice that size, and
shown at half, which smooths every edge.
"""

from __future__ import annotations

import math
from random import Random

from PIL import Image, ImageChops, ImageColor, ImageDraw

WIDTH, HEIGHT, SCALE = 1200, 800, 2
SIZE = (WIDTH * SCALE, HEIGHT * SCALE)
SKINS = ["#f3c9a5", "#e0a87e", "#c68a5e", "#9a6240", "#6f4329", "#f7d9bd"]
HAIR = ["#2f2320", "#5a3a22", "#8c5a2b", "#c9c3ba", "#e9e4da", "#b0642e", "#1d1a1a"]
WARES = ["#d8432f", "#e8a33a", "#7da33c", "#5b7db8", "#fff8ea", "#b56aa0", "#8f5f3c"]
PLANTS = ["#5f8f3f", "#c74f4f", "#7fa650"]
CUPS = ["#ffffff", "#e8c76a", "#d97b5d"]
BLOSSOMS = ["#d8432f", "#f0b93a", "#d86aa0"]
LIGHT = "#ffe9a8"

Point = tuple[float, float]


def mix(one: str, other: str, share: float) -> str:
    """Between two colours: 0 is the one, 1 the other."""
    pairs = zip(ImageColor.getrgb(one)[:3], ImageColor.getrgb(other)[:3], strict=True)
    return "#{:02x}{:02x}{:02x}".format(*(round(a + (b - a) * share) for a, b in pairs))


class Sheet:
    """What is painted later lies on top. ``chance`` makes each picture its own."""

    def __init__(self, seed: str) -> None:
        self.image = Image.new("RGB", SIZE)
        self.draw = ImageDraw.Draw(self.image)
        self.chance = Random(seed)  # noqa: S311 - art, no secret

    # -- plain shapes

    def polygon(self, points: list[Point], colour: str) -> None:
        self.draw.polygon([(x * SCALE, y * SCALE) for x, y in points], colour)

    def box(self, x: float, y: float, w: float, h: float, colour: str, r: float = 0) -> None:
        edges = [edge * SCALE for edge in (x, y, x + w, y + h)]
        self.draw.rounded_rectangle(edges, r * SCALE, colour)

    def disc(self, x: float, y: float, r: float, colour: str, squeeze: float = 1) -> None:
        edges = [x - r, y - r * squeeze, x + r, y + r * squeeze]
        self.draw.ellipse([edge * SCALE for edge in edges], colour)

    def line(self, points: list[Point], colour: str, width: float) -> None:
        spots = [(x * SCALE, y * SCALE) for x, y in points]
        self.draw.line(spots, colour, round(width * SCALE), joint="curve")
        for x, y in (points[0], points[-1]):
            self.disc(x, y, width / 2, colour)

    def glow(self, x: float, y: float, r: float, colour: str, strength: float) -> None:
        """A soft light, strongest in its middle."""
        side = round(2 * r * SCALE)
        light = ImageChops.invert(Image.radial_gradient("L")).resize((side, side))
        mask = light.point(
            [round(max(0, value - 74) * 1.41 * strength) for value in range(256)]
        )
        self.image.paste(colour, (round((x - r) * SCALE), round((y - r) * SCALE)), mask)

    def shade(self, mask: Image.Image, top: str, bottom: str, start: float, end: float) -> None:
        """Fill a shape, white in the mask, from one colour above to another below."""
        first = max(0, round(start))
        ramp = Image.new("RGB", (1, HEIGHT - first))
        shares = [min(1, (y - start) / max(1, end - start)) for y in range(first, HEIGHT)]
        ramp.putdata([ImageColor.getrgb(mix(top, bottom, max(0, share))) for share in shares])
        area = (0, first * SCALE, *SIZE)
        self.image.paste(ramp.resize((SIZE[0], SIZE[1] - area[1])), area, mask.crop(area))

    def shadow(self, x: float, y: float, r: float) -> None:
        """What stands on the ground darkens it."""
        size = (round(2 * r * SCALE), round(0.5 * r * SCALE))
        mask = Image.new("L", size)
        ImageDraw.Draw(mask).ellipse((0, 0, size[0] - 1, size[1] - 1), 44)
        self.image.paste("#3a2a20", (round((x - r) * SCALE), round((y - r / 4) * SCALE)), mask)

    # -- the land

    def sky(self, top: str, bottom: str) -> None:
        self.shade(Image.new("L", SIZE, 255), top, bottom, 0, 560)

    def sun(self, x: float, y: float, r: float, colour: str) -> None:
        self.glow(x, y, r * 4.2, colour, 0.55)
        self.disc(x, y, r, mix(colour, "#ffffff", 0.45))

    def clouds(self, colour: str, number: int) -> None:
        for _cloud in range(number):
            x, y = self.chance.uniform(60, 1140), self.chance.uniform(60, 240)
            for puff in range(self.chance.randint(3, 5)):
                r = self.chance.uniform(16, 34)
                self.box(x + puff * 30 - r, y - r, 2.6 * r, 1.3 * r, colour, 0.65 * r)

    def hills(self, y: float, swing: float, top: str, bottom: str) -> list[Point]:
        """A wavy ridge around this height, filled to the ground; gives the ridge."""
        waves = [
            (
                swing / (n + 1),
                self.chance.uniform(0.7, 1.5) * (n + 1),
                self.chance.uniform(0, 6.3),
            )
            for n in range(3)
        ]
        ridge: list[Point] = [
            (x, y + sum(a * math.sin(f * x / 260 + p) for a, f, p in waves))
            for x in range(-20, WIDTH + 21, 10)
        ]
        self.field([*ridge, (WIDTH + 20, HEIGHT), (-20, HEIGHT)], top, bottom, y - 1.9 * swing)
        return ridge

    def field(self, points: list[Point], top: str, bottom: str, start: float) -> None:
        mask = Image.new("L", SIZE)
        ImageDraw.Draw(mask).polygon([(x * SCALE, y * SCALE) for x, y in points], 255)
        self.shade(mask, top, bottom, start, start + 260)

    def furrows(self, x: float, y: float, spread: float, colour: str, number: int = 7) -> None:
        """Rows of a field that run together far away."""
        for row in range(number):
            foot = x + (row - number / 2) * spread
            self.line(
                [(foot, HEIGHT + 20), (x + (row - number / 2) * spread * 0.28, y)], colour, 5
            )

    def path(self, x: float, y: float, width: float, colour: str) -> None:
        """It comes towards us in a bend."""
        near = [(x - width + 40 * math.sin(t / 3), y + t * (HEIGHT - y) / 9) for t in range(10)]
        left = [(px - width * t * 0.16, py) for t, (px, py) in enumerate(near)]
        right = [(px + width * (0.35 + t * 0.24), py) for t, (px, py) in enumerate(near)]
        self.polygon([*left, *reversed(right)], colour)

    # -- houses

    def house(
        self,
        x: float,
        y: float,
        w: float,
        h: float,
        wall: str,
        roof: str,
        *,
        storeys: int = 2,
        timbered: bool = False,
        lit: float = 0.5,
    ) -> None:
        """Gable to us, standing on ``y``; ``lit`` is the share of its bright windows."""
        peak = w * self.chance.uniform(0.42, 0.58)
        self.box(x, y - h, w, h, wall)
        self.polygon([(x, y - h), (x + w, y - h), (x + w / 2, y - h - peak)], wall)
        shadow = mix(wall, "#40302a", 0.12)
        self.polygon(
            [(x + w * 0.62, y), (x + w, y), (x + w, y - h), (x + w * 0.62, y - h - peak * 0.7)],
            shadow,
        )
        if self.chance.random() < 0.6:
            self.box(
                x + w * 0.68,
                y - h - peak * 0.95,
                w * 0.1,
                peak * 0.6,
                mix(roof, "#302020", 0.3),
            )
        if timbered:
            self.timber(x, y - h, w, h, peak)
        eaves = y - h + peak * 0.2
        gable = [(x - w * 0.1, eaves), (x + w / 2, y - h - peak), (x + w * 1.1, eaves)]
        self.line(gable, roof, max(6, w * 0.085))
        self.windows(x, y - h, w, h, storeys, lit)

    def timber(self, x: float, y: float, w: float, h: float, peak: float) -> None:
        beam, width = "#7a4a2d", max(2.5, w * 0.025)
        for share in (0, 0.5):
            self.line([(x, y + h * share), (x + w, y + h * share)], beam, width)
        for share in (0.02, 0.35, 0.65, 0.98):
            self.line([(x + w * share, y), (x + w * share, y + h)], beam, width)
        for foot, head in ((0.35, 0.02), (0.65, 0.98)):
            self.line([(x + w * foot, y + h / 2), (x + w * head, y)], beam, width)
        self.line([(x + w / 2, y), (x + w / 2, y - peak * 0.7)], beam, width)

    def windows(self, x: float, y: float, w: float, h: float, storeys: int, lit: float) -> None:
        columns = max(2, round(w / 48))
        pane_w, pane_h = w / (columns * 1.9), h / (storeys * 1.9)
        door = self.chance.randrange(columns)
        for storey in range(storeys):
            for column in range(columns):
                left = x + w * (column + 0.5) / columns - pane_w / 2
                top = y + h * (storey + 0.5) / storeys - pane_h / 2
                if storey == storeys - 1 and column == door:
                    height = y + h - top
                    self.box(left - 1, top, pane_w + 2, height, "#6b4531", pane_w * 0.2)
                    continue
                pane = LIGHT if self.chance.random() < lit else "#5d7482"
                self.box(left - 3, top - 3, pane_w + 6, pane_h + 6, "#fbf6ea", 2)
                self.box(left, top, pane_w, pane_h, pane, 1)
                self.line(
                    [(left + pane_w / 2, top), (left + pane_w / 2, top + pane_h)], "#fbf6ea", 2
                )

    def block(
        self, x: float, y: float, w: float, h: float, wall: str, balcony: str, lit: float = 0.5
    ) -> None:
        """A house of flats with a flat roof, balconies and plants on them."""
        self.box(x, y - h, w, h, wall, 4)
        self.box(x + w * 0.72, y - h, w * 0.28, h, mix(wall, "#40302a", 0.1), 4)
        self.box(x - 4, y - h - 10, w + 8, 14, mix(wall, "#40302a", 0.35), 3)
        columns, storeys = max(2, round(w / 78)), max(2, round(h / 88))
        for storey in range(storeys):
            for column in range(columns):
                left, top = (
                    x + w * (column + 0.2) / columns,
                    y - h + h * (storey + 0.2) / storeys,
                )
                pane_w, pane_h = w * 0.6 / columns, h * 0.56 / storeys
                pane = LIGHT if self.chance.random() < lit else "#6c8391"
                self.box(left, top, pane_w, pane_h, "#fbf6ea", 2)
                self.box(left + 3, top + 3, pane_w - 6, pane_h - 6, pane, 1)
                if (column + storey) % 2 == 0 and storey < storeys - 1:
                    self.box(
                        left - 7, top + pane_h * 0.55, pane_w + 14, pane_h * 0.52, balcony, 3
                    )
                    for leaf in range(3):
                        spot = left + pane_w * (leaf + 0.5) / 3
                        self.disc(
                            spot,
                            top + pane_h * 0.52,
                            7,
                            self.chance.choice(PLANTS),
                        )

    def tower(self, x: float, y: float, w: float, h: float, wall: str, roof: str) -> None:
        self.box(x, y - h, w, h, wall)
        self.box(x + w * 0.6, y - h, w * 0.4, h, mix(wall, "#40302a", 0.12))
        self.polygon([(x - 5, y - h), (x + w + 5, y - h), (x + w / 2, y - h - w * 1.7)], roof)
        self.disc(x + w / 2, y - h + w * 0.55, w * 0.25, "#fbf6ea")
        self.line([(x + w / 2, y - h + w * 0.55), (x + w / 2, y - h + w * 0.38)], "#40302a", 2)
        self.line(
            [(x + w / 2, y - h + w * 0.55), (x + w * 0.62, y - h + w * 0.6)], "#40302a", 2
        )

    def shop(self, x: float, y: float, w: float, h: float, wall: str, awning: str) -> None:
        """A wide window under a striped awning, with crates in front."""
        self.box(x, y - h, w, h, wall, 3)
        self.box(x - 6, y - h - 12, w + 12, 16, mix(awning, "#302020", 0.3), 3)
        self.box(x + w * 0.08, y - h * 0.62, w * 0.56, h * 0.5, LIGHT, 3)
        for shelf in (0.44, 0.26):
            self.box(x + w * 0.1, y - h * shelf, w * 0.52, 4, "#d9a760")
            for ware in range(9):
                side = w * self.chance.uniform(0.022, 0.036)
                left, tint = x + w * (0.11 + ware * 0.056), self.chance.choice(WARES)
                self.box(left, y - h * shelf - side * 1.3, side, side * 1.3, tint, 2)
        self.box(x + w * 0.72, y - h * 0.62, w * 0.2, h * 0.62, "#6b4531", 3)
        self.box(x + w * 0.75, y - h * 0.57, w * 0.14, h * 0.27, LIGHT, 2)
        stripe = w * 1.06 / 10
        for number in range(10):
            colour = awning if number % 2 == 0 else "#fff8ea"
            left = x - w * 0.03 + number * stripe
            self.polygon(
                [
                    (left + 3, y - h * 0.86),
                    (left + stripe + 3, y - h * 0.86),
                    (left + stripe, y - h * 0.66),
                    (left, y - h * 0.66),
                ],
                colour,
            )
            self.disc(left + stripe / 2, y - h * 0.66, stripe / 2, colour, 0.55)
        for crate in range(3):
            left = x + w * (0.1 + crate * 0.19)
            self.box(left, y - h * 0.14, w * 0.15, h * 0.14, "#a9713f", 2)
            for fruit in range(4):
                self.disc(
                    left + w * (0.02 + fruit * 0.037),
                    y - h * 0.15,
                    w * 0.021,
                    self.chance.choice(WARES[:3]),
                )

    # -- green things

    def tree(self, x: float, y: float, h: float, leaf: str) -> None:
        """A round crown, lighter where the sun comes from."""
        self.shadow(x, y, h * 0.2)
        self.line([(x, y), (x, y - h * 0.5)], "#6d4a33", h * 0.07)
        r = h * 0.24
        spots = [(0, -0.62), (-0.2, -0.5), (0.2, -0.52), (-0.1, -0.78), (0.13, -0.74)]
        for shade, push, size in ((mix(leaf, "#1f2d22", 0.22), 0.0, 1.0), (leaf, -0.04, 0.86)):
            for dx, dy in spots:
                self.disc(x + (dx + push) * h, y + (dy + push) * h, r * size, shade)
        for dx, dy in spots[:3]:
            self.disc(
                x + (dx - 0.09) * h, y + (dy - 0.1) * h, r * 0.42, mix(leaf, "#fff3b0", 0.16)
            )

    def apple_tree(self, x: float, y: float, h: float, leaf: str, fruit: str) -> None:
        self.tree(x, y, h, leaf)
        for _apple in range(12):
            turn, far = self.chance.uniform(0, 6.3), self.chance.uniform(0.02, 0.3)
            self.disc(
                x + far * h * math.cos(turn),
                y - h * 0.62 + far * h * math.sin(turn),
                h * 0.028,
                fruit,
            )

    def fir(self, x: float, y: float, h: float, leaf: str) -> None:
        self.box(x - h * 0.03, y - h * 0.12, h * 0.06, h * 0.12, "#5d4030")
        for step in range(4):
            top, half = y - h + step * h * 0.2, h * (0.13 + step * 0.055)
            self.polygon(
                [(x, top), (x - half, top + h * 0.32), (x + half, top + h * 0.32)],
                mix(leaf, "#fff3b0", 0.16 - step * 0.05 if step < 3 else 0),
            )

    def poplar(self, x: float, y: float, h: float, leaf: str) -> None:
        self.line([(x, y), (x, y - h * 0.3)], "#6d4a33", h * 0.04)
        self.disc(x, y - h * 0.55, h * 0.13, mix(leaf, "#1f2d22", 0.15), 3.4)
        self.disc(x - h * 0.03, y - h * 0.57, h * 0.085, leaf, 3.6)

    def bush(self, x: float, y: float, r: float, leaf: str) -> None:
        for dx, size in ((-0.8, 0.7), (0.8, 0.75), (0, 1)):
            self.disc(x + dx * r, y - size * r * 0.7, size * r, leaf)
        self.disc(x - 0.3 * r, y - r * 0.95, r * 0.4, mix(leaf, "#fff3b0", 0.25))

    def flowers(self, y: float, colours: list[str], number: int) -> None:
        for _flower in range(number):
            x, at = self.chance.uniform(0, WIDTH), self.chance.uniform(y, HEIGHT)
            size = 2.5 + (at - y) / 55
            self.line([(x, at), (x, at + size * 3)], "#5f8f3f", 2)
            self.disc(x, at, size, self.chance.choice(colours))

    # -- people and their things

    def person(
        self, x: float, y: float, h: float, coat: str, *, bag: bool = False, stick: bool = False
    ) -> None:
        """Standing on ``y``; hair, skin and posture by chance."""
        skin, hair = self.chance.choice(SKINS), self.chance.choice(HAIR)
        trousers = self.chance.choice(["#3b4252", "#4e3b46", "#2f4a52", "#5b4a3a", "#28334a"])
        lean = self.chance.uniform(-0.02, 0.02) * h
        self.shadow(x + h * 0.03, y, h * 0.19)
        for side in (-1, 1):
            foot = (x + side * h * 0.065, y - h * 0.02)
            self.line([(x + side * h * 0.05, y - h * 0.42), foot], trousers, h * 0.085)
            self.line([foot, (foot[0] + h * 0.035, foot[1])], "#332a28", h * 0.05)
        dress = self.chance.random() < 0.35
        hem = 0.3 if dress else 0.4
        half = 0.16 if dress else 0.115
        self.polygon(
            [
                (x - h * 0.1 + lean, y - h * 0.75),
                (x + h * 0.1 + lean, y - h * 0.75),
                (x + h * half, y - h * hem),
                (x - h * half, y - h * hem),
            ],
            coat,
        )
        self.box(x - h * 0.115 + lean, y - h * 0.78, h * 0.23, h * 0.16, coat, h * 0.07)
        sleeve, up = mix(coat, "#302020", 0.14), self.chance.random()
        for side in (-1, 1):
            shoulder = (x + side * h * 0.1 + lean, y - h * 0.72)
            waves = side == 1 and up < 0.25
            elbow = (x + side * h * (0.2 if waves else 0.15), y - h * (0.74 if waves else 0.57))
            hand = (x + side * h * (0.22 if waves else 0.13), y - h * (0.92 if waves else 0.44))
            self.line([shoulder, elbow, hand], sleeve, h * 0.06)
            self.disc(*hand, h * 0.032, skin)
        at, high = x + lean, y - h * 0.885
        if self.chance.random() < 0.45:
            self.box(at - h * 0.095, high - h * 0.07, h * 0.19, h * 0.18, hair, h * 0.08)
        self.box(at - h * 0.03, high + h * 0.05, h * 0.06, h * 0.08, mix(skin, "#40302a", 0.12))
        self.disc(at, high, h * 0.085, skin)
        edges = [at - h * 0.092, high - h * 0.1, at + h * 0.092, high + h * 0.08]
        self.draw.chord([edge * SCALE for edge in edges], 178, 362, hair)
        if bag:
            self.box(x + h * 0.08, y - h * 0.45, h * 0.13, h * 0.17, "#b0713d", h * 0.02)
        if stick:
            self.line([(x - h * 0.15, y - h * 0.44), (x - h * 0.19, y)], "#5d4030", h * 0.025)

    def bench(self, x: float, y: float, w: float, wood: str) -> None:
        for share in (0.1, 0.9):
            self.line([(x + w * share, y), (x + w * share, y - w * 0.4)], "#4a3a33", 6)
        for height in (0.2, 0.33, 0.4):
            self.box(x, y - w * height - 5, w, 10, wood, 4)

    def table(self, x: float, y: float, w: float, cloth: str) -> None:
        """Laid for many, with cups, a cake and flowers."""
        for share in (0.06, 0.94):
            self.line([(x + w * share, y), (x + w * share, y - 80)], "#5d4030", 9)
        self.box(x, y - 96, w, 16, "#fffaf0", 4)
        self.polygon(
            [(x, y - 84), (x + w, y - 84), (x + w - 6, y - 44), (x + 6, y - 44)], cloth
        )
        things = max(4, round(w / 70))
        for thing in range(things):
            spot = x + w * (thing + 0.5) / things
            kind = self.chance.randrange(3)
            if kind == 0:
                self.box(
                    spot - 9,
                    y - 112,
                    18,
                    16,
                    self.chance.choice(CUPS),
                    4,
                )
            elif kind == 1:
                self.box(spot - 24, y - 116, 48, 20, "#c98a4b", 8)
                self.box(spot - 24, y - 120, 48, 8, "#fff3df", 4)
            else:
                self.box(spot - 7, y - 118, 14, 22, "#7fa9b8", 4)
                for dx in (-9, 0, 9):
                    self.disc(
                        spot + dx,
                        y - 128 - abs(dx) % 8,
                        7,
                        self.chance.choice(BLOSSOMS),
                    )

    def bunting(self, left: Point, right: Point, sag: float, colours: list[str]) -> None:
        rope = self.rope(left, right, sag)
        self.line(rope, "#6b5a4c", 2.5)
        for number, (x, y) in enumerate(rope[1:-1]):
            self.polygon(
                [(x - 15, y), (x + 15, y), (x, y + 32)], colours[number % len(colours)]
            )

    def lanterns(self, left: Point, right: Point, sag: float, colours: list[str]) -> None:
        rope = self.rope(left, right, sag)
        self.line(rope, "#4d4038", 2)
        for number, (x, y) in enumerate(rope[1:-1:2]):
            self.glow(x, y + 14, 58, LIGHT, 0.5)
            self.disc(x, y + 14, 13, colours[number % len(colours)], 1.15)

    @staticmethod
    def rope(left: Point, right: Point, sag: float, step_width: float = 48) -> list[Point]:
        """Points along a rope that hangs through (or, with a negative sag, an arc)."""
        steps = max(6, round(abs(right[0] - left[0]) / step_width))
        return [
            (
                left[0] + (right[0] - left[0]) * step / steps,
                left[1]
                + (right[1] - left[1]) * step / steps
                + sag * math.sin(math.pi * step / steps),
            )
            for step in range(steps + 1)
        ]

    def speech(self, x: float, y: float, w: float, colour: str, sign: str) -> None:
        """A speech bubble with dots, lines, a heart or a tick in it."""
        h = w * 0.62
        self.box(x - w / 2, y - h, w, h, colour, h * 0.32)
        self.polygon(
            [(x - w * 0.16, y - 4), (x + w * 0.08, y - 4), (x - w * 0.2, y + w * 0.2)], colour
        )
        ink = "#fffaf0" if sum(ImageColor.getrgb(colour)) < 480 else "#4a3f5c"
        if sign == "dots":
            for dx in (-0.2, 0, 0.2):
                self.disc(x + dx * w, y - h / 2, w * 0.06, ink)
        elif sign == "lines":
            for dy, length in ((0.32, 0.56), (0.54, 0.42), (0.76, 0.5)):
                self.line(
                    [
                        (x - w * 0.28, y - h + h * dy),
                        (x - w * 0.28 + w * length, y - h + h * dy),
                    ],
                    ink,
                    w * 0.055,
                )
        elif sign == "heart":
            self.heart(x, y - h * 0.48, w * 0.16, ink)
        else:
            self.line(
                [
                    (x - w * 0.17, y - h * 0.5),
                    (x - w * 0.03, y - h * 0.3),
                    (x + w * 0.2, y - h * 0.72),
                ],
                ink,
                w * 0.085,
            )

    def heart(self, x: float, y: float, r: float, colour: str) -> None:
        for side in (-1, 1):
            self.disc(x + side * r * 0.48, y - r * 0.25, r * 0.56, colour)
        self.polygon(
            [(x - r * 0.98, y - r * 0.02), (x + r * 0.98, y - r * 0.02), (x, y + r)], colour
        )

    # -- the last touch

    def finished(self) -> Image.Image:
        """The picture at its own size, on paper: with a breath of grain, some seen mirrored."""
        picture = self.image.reduce(SCALE)
        noise = Image.effect_noise(picture.size, 18)
        grained = ImageChops.overlay(picture, Image.merge("RGB", [noise] * 3))
        return Image.blend(picture, grained, 0.3)
