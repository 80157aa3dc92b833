"""One scene for each topic of the demo's market; each stand's slug makes its own of it."""

from __future__ import annotations

from collections.abc import Callable

from PIL import Image, ImageOps

from marketplace.demo.motifs import MOTIFS
from marketplace.demo.painting import BLOSSOMS, WIDTH, Sheet, mix

WALLS = ["#fbf1dd", "#f6dcc0", "#f3e6cf", "#fff7e8", "#f0d2b4", "#e9dcc4"]
ROOFS = ["#b5533c", "#a2452f", "#c2663f", "#8f4a3a"]
AWNINGS = ["#c8553d", "#3f7d58", "#d18b2f", "#b53c3c", "#2a7f82"]
LEAVES = ["#5f8f3f", "#7fae4a", "#4f7d3a"]
COATS = ["#d1495b", "#edae49", "#2a7f82", "#3d5a99", "#7a4f8f", "#e07a3f", "#4f8a4c", "#c46b8f"]
# Where something may stand in front without hiding what matters.
FRONT: dict[str, tuple[float, float]] = {
    "leben-im-dorf": (430, 560),
    "wohnen-und-alter": (300, 420),
    "jung-und-alt": (620, 800),
    "vielfalt": (120, 800),
    "digitales-quartier": (140, 800),
    "gesundheit-und-pflege": (240, 640),
    "beteiligung": (180, 760),
    "begegnungsorte": (420, 560),
}
FLAGS = ["#d1495b", "#edae49", "#2a9d8f", "#5b7db8", "#f4d58d", "#b56aa0"]


def paint(topic: str, slug: str, motif: str = "") -> Image.Image:
    """A picture of 1200 by 800 for the stand with this slug; ``motif`` stands in front."""
    sheet = Sheet(slug)
    SCENES[topic](sheet)
    if motif:
        MOTIFS[motif](
            sheet, sheet.chance.uniform(*FRONT[topic]), sheet.chance.uniform(768, 782)
        )
    picture = sheet.finished()
    # What is written or ticked must not be seen in a mirror.
    is_mirrored = topic != "beteiligung" and sheet.chance.random() < 0.5
    return ImageOps.mirror(picture) if is_mirrored else picture


def people(sheet: Sheet, number: int, y: float, h: float, left: float, right: float) -> None:
    """Side by side, not in rank and file; some are children, some lean on a stick."""
    room = (right - left) / number
    for place in range(number):
        x = left + room * (place + sheet.chance.uniform(0.35, 0.65))
        small = sheet.chance.random() < 0.22
        size = h * (
            sheet.chance.uniform(0.56, 0.7) if small else sheet.chance.uniform(0.92, 1.06)
        )
        sheet.person(
            x,
            y + sheet.chance.uniform(-8, 12),
            size,
            sheet.chance.choice(COATS),
            bag=sheet.chance.random() < 0.2,
            stick=not small and sheet.chance.random() < 0.14,
        )


def row_of_houses(
    sheet: Sheet, y: float, size: float, *, timbered: float = 0.3, lit: float = 0.4
) -> None:
    x = sheet.chance.uniform(-60, 20)
    while x < WIDTH:
        w = size * sheet.chance.uniform(0.85, 1.3)
        h = size * sheet.chance.uniform(0.7, 1.15)
        sheet.house(
            x,
            y + sheet.chance.uniform(-4, 4),
            w,
            h,
            sheet.chance.choice(WALLS),
            sheet.chance.choice(ROOFS),
            storeys=2 if h < size else 3,
            timbered=sheet.chance.random() < timbered,
            lit=lit,
        )
        x += w * sheet.chance.uniform(1.08, 1.3)


def village(sheet: Sheet) -> None:
    """Life in the village: hills, a church, fields, and the shop in the middle."""
    c = sheet.chance
    sheet.sky(c.choice(["#a9d3e0", "#bfdfe0", "#f6d9a8"]), "#fdf0d2")
    sheet.sun(c.uniform(150, 1050), c.uniform(110, 190), c.uniform(46, 64), "#ffd98a")
    sheet.clouds("#fffaf0", c.randint(2, 4))
    sheet.hills(380, 50, "#9fbf8f", "#86ad78")
    sheet.hills(450, 42, "#7fa85f", "#6d9a52")
    for _fir in range(14):
        sheet.fir(c.uniform(0, WIDTH), c.uniform(452, 492), c.uniform(56, 100), "#3f6b4a")
    tower = c.uniform(180, 900)
    for _house in range(9):
        side = c.uniform(62, 96)
        sheet.house(
            tower + c.uniform(-330, 330),
            c.uniform(520, 565),
            side,
            side * c.uniform(0.6, 0.85),
            c.choice(WALLS),
            c.choice(ROOFS),
            timbered=c.random() < 0.4,
        )
    sheet.tower(tower, 560, 46, 150, "#fbf1dd", "#a2452f")
    sheet.hills(590, 22, "#8fb35c", "#74994a")
    sheet.furrows(c.uniform(100, 1100), 610, 90, "#a9c46d")
    shop = c.choice([90, 640])
    sheet.shop(shop, 708, 400, 196, c.choice(WALLS), c.choice(AWNINGS))
    sheet.hills(735, 10, "#a7c070", "#8aa858")
    sheet.apple_tree(shop + (500 if shop < 300 else -90), 728, 250, "#6f9a45", "#d8432f")
    people(sheet, c.randint(4, 6), 752, 158, *((470, 1150) if shop < 300 else (40, 700)))
    sheet.flowers(760, ["#f4d35e", "#fff7e8", "#d1495b"], 34)


def home(sheet: Sheet) -> None:
    """Living and age: a house of many flats, a bench before it, neighbours."""
    c = sheet.chance
    sheet.sky(c.choice(["#f4b98a", "#f7cba0", "#cfdfe0"]), "#fdf0dc")
    sheet.sun(c.uniform(760, 1080), c.uniform(120, 190), c.uniform(50, 66), "#ffdf9e")
    sheet.clouds("#fff6e8", c.randint(1, 3))
    sheet.hills(470, 40, "#d9b08c", "#c99a78")
    row_of_houses(sheet, 570, 96)
    sheet.hills(580, 14, "#b3a35f", "#97904c")
    x = c.uniform(60, 180)
    warm = ["#e9a37c", "#f0c39a", "#d98b68", "#e8b48a"]
    sheet.block(x, 690, c.uniform(330, 400), c.uniform(380, 470), c.choice(warm), "#fbf1dd")
    sheet.block(
        x + c.uniform(430, 470),
        690,
        c.uniform(250, 330),
        c.uniform(250, 330),
        "#f6e3c8",
        "#b5533c",
    )
    sheet.hills(692, 8, "#a3b163", "#84964a")
    sheet.path(c.uniform(520, 640), 690, 60, "#ead7b4")
    sheet.tree(c.uniform(960, 1090), 726, c.uniform(270, 340), "#8a9a3f")
    sheet.bush(60, 716, 44, "#7d9345")
    bench = c.uniform(690, 860)
    sheet.bench(bench, 744, 190, "#a8643c")
    people(sheet, 2, 744, 168, bench - 10, bench + 200)
    people(sheet, c.randint(3, 4), 764, 172, 90, 560)
    sheet.flowers(770, ["#d1495b", "#f4d35e", "#fff7e8"], 26)


def generations(sheet: Sheet) -> None:
    """Young and old: a great tree, a garden, a kite, and people of every size."""
    c = sheet.chance
    sheet.sky(c.choice(["#f9d77e", "#fbe3a4", "#b9dbe6"]), "#fff6dc")
    sheet.sun(c.uniform(820, 1080), c.uniform(110, 180), c.uniform(54, 72), "#fff0b0")
    sheet.clouds("#fffdf4", c.randint(2, 4))
    sheet.hills(430, 46, "#d9c46f", "#c9b35c")
    row_of_houses(sheet, 520, 78, timbered=0.5)
    sheet.hills(540, 26, "#b9b552", "#9ea544")
    sheet.hills(610, 22, "#9cae4a", "#7f963c")
    kite = (c.uniform(560, 760), c.uniform(120, 230))
    hand = (c.uniform(640, 900), 640)
    sheet.line([kite, ((kite[0] + hand[0]) / 2 - 40, 430), hand], "#8a7a5c", 2)
    x, y = kite
    for dx, colour in ((-44, "#d1495b"), (44, "#edae49")):
        sheet.polygon([(x, y - 66), (x + dx, y), (x, y + 84)], colour)
    for knot in range(4):
        sheet.disc(x + 10 * (-1) ** knot, y + 104 + knot * 22, 8, c.choice(FLAGS))
    tree = c.uniform(190, 330)
    sheet.apple_tree(
        tree, 720, c.uniform(440, 520), c.choice(["#7d9a35", "#a3952f", "#8fa844"]), "#d8432f"
    )
    for bed in range(3):
        left = 520 + bed * 215
        sheet.box(left, 640, 180, 44, "#8f5f3c", 10)
        sheet.box(left + 10, 634, 160, 28, "#5d4030", 8)
        for plant in range(6):
            sheet.bush(left + 24 + plant * 27, 642, 13, c.choice(LEAVES))
            if c.random() < 0.5:
                sheet.disc(left + 24 + plant * 27, 624, 7, c.choice(BLOSSOMS))
    sheet.bench(tree - 90, 738, 180, "#a8643c")
    people(sheet, 2, 740, 170, tree - 90, tree + 100)
    people(sheet, c.randint(5, 6), 768, 172, 470, 1170)
    sheet.flowers(764, ["#fff7e8", "#d1495b", "#e8a33a"], 36)


def diversity(sheet: Sheet) -> None:
    """Living together in diversity: a long table under flags."""
    c = sheet.chance
    sheet.sky(c.choice(["#f3a9a0", "#e9a3b8", "#f7c39f"]), "#fdeedd")
    sheet.sun(c.uniform(200, 1000), c.uniform(150, 220), c.uniform(60, 80), "#ffe2b0")
    sheet.hills(430, 36, "#d99aa0", "#c98890")
    row_of_houses(sheet, 600, 140, timbered=0.25)
    sheet.hills(606, 6, "#d9b48f", "#caa07c")
    for _tree in range(3):
        sheet.tree(
            c.uniform(0, WIDTH), 632, c.uniform(170, 240), c.choice(["#7f8f45", "#98703f"])
        )
    middle = (c.uniform(480, 720), c.uniform(130, 210))
    sheet.bunting((-20, c.uniform(180, 240)), middle, 90, FLAGS)
    sheet.bunting(middle, (1220, c.uniform(180, 240)), 90, FLAGS[::-1])
    people(sheet, c.randint(8, 10), 694, 190, 60, 1140)
    sheet.table(90, 764, 1020, c.choice(["#c4517a", "#d1495b", "#8f4f8a", "#2a7f82"]))
    people(sheet, c.randint(2, 3), 794, 150, 120, 1080)


def digital(sheet: Sheet) -> None:
    """The digital neighbourhood: evening, lit windows, and lines from house to house."""
    c = sheet.chance
    sheet.sky(c.choice(["#24406e", "#2b4d7a", "#3b3f78"]), c.choice(["#f0b48f", "#e6a9a0"]))
    for _star in range(60):
        sheet.disc(c.uniform(0, WIDTH), c.uniform(0, 300), c.uniform(0.8, 2.2), "#fff3d6")
    sheet.sun(c.uniform(140, 1060), c.uniform(90, 160), 40, "#fff0c8")
    sheet.hills(470, 44, "#4d5f92", "#3d5182")
    tops = []
    x = c.uniform(-20, 40)
    while x < WIDTH - 60:
        w, h = c.uniform(96, 150), c.uniform(120, 260)
        wall = mix(c.choice(WALLS), "#2b4d7a", 0.45)
        sheet.house(
            x,
            640,
            w,
            h,
            wall,
            mix(c.choice(ROOFS), "#22304f", 0.35),
            storeys=2 + int(h > 170),
            lit=0.8,
        )
        tops.append((x + w / 2, 640 - h - w * 0.5))
        x += w * c.uniform(1.12, 1.35)
    for (x1, y1), (x2, y2) in zip(tops, tops[1:] + tops[:1], strict=True):
        if x2 > x1:
            arc = Sheet.rope((x1, y1), (x2, y2), -c.uniform(70, 130), 6)
            sheet.line(arc, "#9fd3e8", 3)
    for far in range(0, max(1, len(tops) - 3), 2):
        sheet.line(
            Sheet.rope(tops[far], tops[far + 3], -c.uniform(150, 210), 8), "#7fb8dc", 2.5
        )
    for x, y in tops:
        sheet.glow(x, y, 56, "#bfe8f5", 0.8)
        sheet.disc(x, y, 9, "#fffaf0")
    sheet.hills(648, 8, "#36507a", "#2b4166")
    for place in (0.13, 0.5, 0.86):
        lamp = WIDTH * place + c.uniform(-40, 40)
        sheet.line([(lamp, 720), (lamp, 560)], "#22304f", 7)
        sheet.glow(lamp, 552, 130, "#ffe9a8", 0.75)
        sheet.disc(lamp, 552, 15, "#fff6d8")
    sheet.hills(716, 6, "#3f5c86", "#2f4a72")
    people(sheet, c.randint(6, 7), 770, 176, 60, 1140)


def health(sheet: Sheet) -> None:
    """Health and care: a park by the water, people out for a walk together."""
    c = sheet.chance
    sheet.sky(c.choice(["#9fd6d2", "#b6e0d6", "#f3dcae"]), "#fbf6e2")
    sheet.sun(c.uniform(160, 1040), c.uniform(110, 180), c.uniform(48, 64), "#ffe7a6")
    sheet.clouds("#ffffff", c.randint(2, 4))
    sheet.hills(400, 52, "#9fcbb8", "#86b8a4")
    sheet.hills(460, 36, "#74ab93", "#629a82")
    row_of_houses(sheet, 528, 66)
    sheet.box(0, 528, WIDTH, 90, "#a6dbe0")
    for _wave in range(22):
        x, y = c.uniform(0, WIDTH), c.uniform(540, 610)
        sheet.line([(x, y), (x + c.uniform(40, 120), y)], "#d3f0ee", 3)
    for duck in range(c.randint(2, 4)):
        x = 180 + duck * 240 + c.uniform(-60, 60)
        sheet.disc(x, 580, 17, "#fffaf0", 0.55)
        sheet.disc(x + 14, 568, 8, "#fffaf0")
        sheet.polygon([(x + 21, 566), (x + 31, 570), (x + 21, 573)], "#e8a33a")
    sheet.hills(622, 12, "#8bb86a", "#6fa056")
    sheet.path(c.uniform(480, 700), 630, 84, "#f0e0be")
    for x in (c.uniform(40, 140), c.uniform(1030, 1150), c.uniform(300, 400)):
        sheet.tree(
            x,
            c.uniform(690, 712),
            c.uniform(260, 350),
            c.choice(["#4f9a6a", "#3f8a72", "#7fae4a"]),
        )
    sheet.bench(c.uniform(740, 880), 716, 180, "#b07a4a")
    people(sheet, c.randint(5, 7), 764, 176, 200, 1060)
    sheet.flowers(756, ["#fff7e8", "#e88fa2", "#f4d35e"], 40)


def participation(sheet: Sheet) -> None:
    """Taking part: the town hall's square, and everybody has something to say."""
    c = sheet.chance
    sheet.sky(c.choice(["#c3b1e6", "#b9c2ea", "#f0c7c9"]), "#fdf1e2")
    sheet.sun(c.uniform(120, 320), c.uniform(110, 170), c.uniform(46, 60), "#ffe7b8")
    sheet.hills(430, 36, "#b5a3cf", "#a391c0")
    row_of_houses(sheet, 600, 118, timbered=0.55)
    x = c.uniform(420, 560)
    sheet.house(x, 610, 270, 220, "#f6e3c8", "#8f4a3a", storeys=3, timbered=True, lit=0.7)
    sheet.tower(x + 108, 390, 54, 120, "#f6e3c8", "#8f4a3a")
    sheet.hills(606, 5, "#d6c3b0", "#c4ae9a")
    number = c.randint(4, 5)
    tints = c.sample(["#7a4f8f", "#fffaf0", "#d1495b", "#edae49", "#2a7f82", "#3d5a99"], number)
    for place, tint in enumerate(tints):
        sheet.speech(
            130 + place * 940 / (number - 1) + c.uniform(-24, 24),
            c.uniform(300, 470),
            c.uniform(126, 170),
            tint,
            c.choice(["dots", "lines", "heart", "tick"]),
        )
    people(sheet, c.randint(8, 9), 700, 160, 30, 1170)
    people(sheet, c.randint(6, 7), 786, 200, 20, 1180)


def places(sheet: Sheet) -> None:
    """Places to meet: a café in the evening, small tables, lights on a rope."""
    c = sheet.chance
    sheet.sky(c.choice(["#5d4a73", "#7a4f6b", "#35506e"]), "#f7b98a")
    sheet.sun(c.uniform(820, 1060), c.uniform(240, 320), 60, "#ffd08a")
    sheet.hills(450, 40, "#8f5f73", "#7d5068")
    row_of_houses(sheet, 600, 130, lit=0.75)
    sheet.hills(604, 6, "#c99a78", "#b58466")
    shop = c.choice([60, 560])
    sheet.shop(
        shop,
        672,
        560,
        270,
        c.choice(["#f3d6b4", "#f6e3c8", "#e9c39a"]),
        c.choice(AWNINGS),
    )
    sheet.glow(shop + 200, 600, 260, "#ffdf9a", 0.35)
    sheet.hills(672, 4, "#d6b08a", "#c39a74")
    sheet.tree(1120 if shop < 300 else 90, 712, 330, "#6f7f45")
    middle = (c.uniform(460, 740), c.uniform(150, 210))
    sheet.lanterns((-20, 220), middle, 90, ["#fff0c0", "#ffd9a0"])
    sheet.lanterns(middle, (1220, 230), 90, ["#fff0c0", "#ffd9a0"])
    left = 640 if shop < 300 else 30
    people(sheet, c.randint(3, 4), 716, 172, left, left + 480)
    for table in range(3):
        x = 150 + table * 370 + c.uniform(-40, 40)
        people(sheet, 2, 768, 170, x - 110, x + 130)
        sheet.line([(x, 788), (x, 716)], "#4a3a33", 9)
        sheet.disc(x, 712, 62, "#fff7e8", 0.22)
        for dx in (-26, 8, 30):
            sheet.box(x + dx - 7, 694, 14, 16, c.choice(["#fffaf0", "#d97b5d", "#7fa9b8"]), 4)


SCENES: dict[str, Callable[[Sheet], None]] = {
    "leben-im-dorf": village,
    "wohnen-und-alter": home,
    "jung-und-alt": generations,
    "vielfalt": diversity,
    "digitales-quartier": digital,
    "gesundheit-und-pflege": health,
    "beteiligung": participation,
    "begegnungsorte": places,
}
