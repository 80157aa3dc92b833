"""What stands in the foreground of a picture, so that stands of one topic differ."""

from __future__ import annotations

import math
from collections.abc import Callable

from marketplace.demo.painting import Sheet, mix

FRUITS = ["#d8432f", "#e8a33a", "#7da33c", "#8f4f8a", "#f0d060"]
BOOKS = ["#d1495b", "#edae49", "#2a7f82", "#3d5a99", "#7a4f8f", "#fff8ea", "#4f8a4c"]
INK = "#3a2f2b"


def wheel(sheet: Sheet, x: float, y: float, r: float, *, spokes: bool = False) -> None:
    sheet.disc(x, y, r, INK)
    sheet.disc(x, y, r * 0.8, "#d9cfc0" if spokes else "#6b625c")
    for turn in range(6 if spokes else 0):
        tip = (x + r * 0.8 * math.cos(turn * 1.05), y + r * 0.8 * math.sin(turn * 1.05))
        sheet.line([(x, y), tip], "#8a8078", 2)
    sheet.disc(x, y, r * 0.22, INK)


def bus(sheet: Sheet, x: float, y: float) -> None:
    """The citizens' bus, 340 wide."""
    colour = sheet.chance.choice(["#f4f0e6", "#edae49", "#d8603f", "#3f8a8c"])
    sheet.shadow(x + 170, y, 190)
    sheet.box(x, y - 150, 340, 132, colour, 22)
    sheet.box(x, y - 62, 340, 44, mix(colour, "#a2452f", 0.55), 12)
    for pane in range(4):
        sheet.box(x + 18 + pane * 68, y - 132, 58, 54, "#bfe0e6", 6)
        if pane % 2 == 0:
            sheet.disc(x + 47 + pane * 68, y - 96, 15, "#c68a5e")
            sheet.box(x + 29 + pane * 68, y - 86, 36, 10, "#5b4a3a", 5)
    sheet.box(x + 290, y - 132, 44, 60, "#bfe0e6", 8)
    sheet.disc(x + 330, y - 40, 8, "#fff3b0")
    for place in (74, 262):
        wheel(sheet, x + place, y - 14, 30)


def bicycle(sheet: Sheet, x: float, y: float) -> None:
    """A cargo bike with a box full of good things, 290 wide."""
    colour = sheet.chance.choice(["#d1495b", "#2a7f82", "#3d5a99"])
    sheet.shadow(x + 140, y, 160)
    for place, r in ((44, 44), (250, 36)):
        wheel(sheet, x + place, y - r, r, spokes=True)
    sheet.line([(x + 44, y - 44), (x + 110, y - 34), (x + 250, y - 36)], colour, 9)
    sheet.line([(x + 110, y - 34), (x + 76, y - 118), (x + 44, y - 44)], colour, 8)
    sheet.line([(x + 110, y - 34), (x + 134, y - 130)], colour, 8)
    sheet.line([(x + 112, y - 136), (x + 148, y - 126)], INK, 8)
    sheet.box(x + 54, y - 130, 44, 13, INK, 6)
    for thing in range(5):
        sheet.disc(x + 166 + thing * 19, y - 104, 15, sheet.chance.choice(FRUITS))
    sheet.box(x + 150, y - 104, 110, 62, "#b8804a", 6)
    sheet.box(x + 150, y - 84, 110, 5, "#8f5f3c")


def bookcase(sheet: Sheet, x: float, y: float) -> None:
    """An old telephone box full of books, 130 wide."""
    sheet.shadow(x + 65, y, 90)
    sheet.box(x, y - 250, 130, 250, "#c0392f", 12)
    sheet.box(x - 8, y - 262, 146, 26, "#a02f27", 12)
    sheet.box(x + 14, y - 224, 102, 206, "#fbf1dd", 4)
    for shelf in range(4):
        foot = y - 174 + shelf * 50
        left = x + 18.0
        while left < x + 102:
            wide, high = sheet.chance.uniform(8, 14), sheet.chance.uniform(28, 42)
            sheet.box(left, foot - high, wide, high, sheet.chance.choice(BOOKS), 2)
            left += wide + 2
        sheet.box(x + 14, foot, 102, 5, "#8f5f3c")


def stall(sheet: Sheet, x: float, y: float) -> None:
    """A market stall under a parasol, 260 wide."""
    colour = sheet.chance.choice(["#d1495b", "#edae49", "#2a9d8f", "#5b7db8"])
    sheet.shadow(x + 130, y, 150)
    sheet.line([(x + 130, y - 20), (x + 130, y - 240)], "#8f5f3c", 8)
    for fold in range(6):
        left, right = x - 14 + fold * 48, x + 34 + fold * 48
        tint = colour if fold % 2 == 0 else "#fff8ea"
        sheet.polygon([(left, y - 190), (right, y - 190), (x + 130, y - 262)], tint)
        sheet.disc((left + right) / 2, y - 190, 24, tint, 0.5)
    sheet.box(x + 6, y - 86, 248, 86, "#b8804a", 6)
    sheet.box(x - 4, y - 96, 268, 16, "#d9a760", 6)
    for fruit in range(11):
        sheet.disc(x + 16 + fruit * 23, y - 104, 14, sheet.chance.choice(FRUITS))


def board(sheet: Sheet, x: float, y: float) -> None:
    """A pin board on legs full of cards, 220 wide."""
    sheet.shadow(x + 110, y, 120)
    for leg in (34, 186):
        sheet.line([(x + leg, y - 190), (x + leg + (leg - 110) * 0.25, y)], "#8f5f3c", 9)
    sheet.box(x, y - 240, 220, 160, "#a9713f", 8)
    sheet.box(x + 9, y - 231, 202, 142, "#f3e6cf", 4)
    for card in range(12):
        left, top = x + 22 + card % 4 * 47, y - 220 + card // 4 * 43
        if sheet.chance.random() < 0.85:
            tint = sheet.chance.choice(["#f4d35e", "#f2a7a0", "#a8d5ba", "#b9c9ee", "#ffffff"])
            sheet.box(left + sheet.chance.uniform(-4, 4), top, 37, 32, tint, 3)


def fountain(sheet: Sheet, x: float, y: float) -> None:
    """The village well with its water, 240 wide."""
    sheet.shadow(x + 120, y, 140)
    for dx in (-62, -34, 34, 62):
        jet = [
            (x + 120 + dx * step / 6, y - 196 + 3.6 * step * step - 16 * (step < 3))
            for step in range(7)
        ]
        sheet.line(jet, "#cfeff2", 5)
    sheet.box(x + 104, y - 186, 32, 140, "#cbbfae", 6)
    sheet.disc(x + 120, y - 196, 20, "#cbbfae")
    sheet.box(x, y - 64, 240, 64, "#cbbfae", 14)
    sheet.box(x + 10, y - 60, 220, 18, "#8fd0da", 9)
    for stone in range(5):
        sheet.box(x + 8 + stone * 46, y - 34, 40, 24, mix("#cbbfae", "#40302a", 0.12), 5)


def tractor(sheet: Sheet, x: float, y: float) -> None:
    """An old tractor, 250 wide."""
    colour = sheet.chance.choice(["#3f7d4a", "#c0392f", "#3d6a99"])
    sheet.shadow(x + 125, y, 150)
    sheet.box(x + 90, y - 132, 140, 66, colour, 14)
    sheet.box(x + 40, y - 214, 104, 120, mix(colour, "#fff8ea", 0.15), 12)
    sheet.box(x + 52, y - 202, 80, 62, "#bfe0e6", 8)
    sheet.box(x + 30, y - 226, 124, 16, mix(colour, INK, 0.3), 6)
    sheet.line([(x + 190, y - 132), (x + 190, y - 184)], INK, 9)
    sheet.disc(x + 228, y - 104, 9, "#fff3b0")
    wheel(sheet, x + 70, y - 62, 64)
    wheel(sheet, x + 206, y - 34, 36)


def tent(sheet: Sheet, x: float, y: float) -> None:
    """A striped tent for festivals, 300 wide."""
    colour = sheet.chance.choice(["#d1495b", "#2a7f82", "#7a4f8f", "#e07a3f"])
    sheet.shadow(x + 150, y, 175)
    for stripe in range(6):
        tint = colour if stripe % 2 == 0 else "#fff8ea"
        left = x + stripe * 50
        sheet.box(left, y - 150, 50, 150, mix(tint, INK, 0.06))
        sheet.polygon([(left - 2, y - 148), (left + 52, y - 148), (x + 150, y - 262)], tint)
        sheet.disc(left + 25, y - 150, 25, tint, 0.5)
    sheet.polygon([(x + 150, y - 120), (x + 196, y), (x + 104, y)], "#5d4030")
    sheet.line([(x + 150, y - 262), (x + 150, y - 300)], INK, 4)
    sheet.polygon([(x + 150, y - 300), (x + 192, y - 287), (x + 150, y - 274)], "#edae49")


def piano(sheet: Sheet, x: float, y: float) -> None:
    """A piano in the open air, with notes above it, 210 wide."""
    colour = sheet.chance.choice(["#2a7f82", "#a2452f", "#3d5a99", "#d18b2f"])
    sheet.shadow(x + 105, y, 120)
    sheet.box(x, y - 176, 210, 176, colour, 8)
    sheet.box(x - 8, y - 104, 226, 30, mix(colour, INK, 0.35), 6)
    for key in range(14):
        sheet.box(x + 3 + key * 14.6, y - 102, 12.6, 20, "#fffaf0", 2)
        if key % 7 not in (2, 6):
            sheet.box(x + 12 + key * 14.6, y - 102, 7, 12, INK, 1)
    for flower in range(3):
        sheet.disc(x + 56 + flower * 48, y - 136, 15, sheet.chance.choice(FRUITS))
    for number, (dx, dy) in enumerate(((30, 216), (96, 250), (168, 222))):
        tint = ["#d1495b", "#edae49", "#fff8ea"][number]
        sheet.disc(x + dx, y - dy, 11, tint, 0.8)
        sheet.line([(x + dx + 10, y - dy), (x + dx + 10, y - dy - 46)], tint, 4)


def oven(sheet: Sheet, x: float, y: float) -> None:
    """The bakehouse with its fire and smoke, 230 wide."""
    sheet.shadow(x + 115, y, 135)
    for puff in range(4):
        sheet.disc(x + 180 + puff * 14, y - 250 - puff * 34, 16 + puff * 6, "#f6efe6")
    sheet.box(x + 160, y - 246, 40, 90, "#8f4a3a", 4)
    sheet.box(x, y - 160, 230, 160, "#e3c9a8", 8)
    sheet.polygon([(x - 18, y - 156), (x + 248, y - 156), (x + 115, y - 226)], "#a2452f")
    sheet.glow(x + 115, y - 72, 96, "#ffb347", 0.6)
    sheet.box(x + 66, y - 116, 98, 84, "#4d3026", 44)
    sheet.disc(x + 115, y - 52, 30, "#ff9d3c", 0.55)
    for loaf in range(3):
        sheet.disc(x + 34 + loaf * 80, y - 16, 26, "#c98a4b", 0.5)


MOTIFS: dict[str, Callable[[Sheet, float, float], None]] = {
    function.__name__: function
    for function in (
        *(bus, bicycle, bookcase, stall, board),
        *(fountain, tractor, tent, piano, oven),
    )
}
