"""Pictures of things that stand for people."""

import math

from recognition.demo.pictures.sheet import BLUE, CREAM, INK, LEAF, NIGHT, ORANGE, PLUM, RAINBOW, RED, ROSE, SUN, TEAL, Sheet


def patchwork() -> Sheet:
    sheet = Sheet("#e9ddc9", 86)
    for row in range(5):
        for place in range(6):
            x, y = 5 + place * 15, 4 + row * 15
            if (row, place) == (4, 5):
                continue
            sheet.box(x, y, 14.4, 14.4, RAINBOW[(row * 3 + place * 2) % 7], 0.4)
            _motif(sheet, x + 7.2, y + 7.2, (row + place) % 3, (CREAM, INK, SUN, ROSE)[(row * 2 + place) % 4])
            sheet.straight([(x + 0.8, y + 0.9), (x + 13.4, y + 0.9)], CREAM, 0.25)
    sheet.line([(78, 70), (86, 74), (83, 80), (92, 82)], RED, 0.5)
    sheet.straight([(92, 82), (98, 70)], "#8b8f98", 0.7)
    return sheet


def _motif(sheet: Sheet, x: float, y: float, which: int, colour: str) -> None:
    if which == 0:
        sheet.star(x, y, 4, colour)
    elif which == 1:
        sheet.dot(x, y, 4, colour)
    else:
        sheet.shape([(x, y - 4), (x + 4, y), (x, y + 4), (x - 4, y)], colour)


def tree_of_hands() -> Sheet:
    sheet = Sheet("#f2ead3", 100)
    sheet.soft([(0, 102), (0, 92), (50, 86), (100, 92), (100, 102)], "#b7cf95")
    sheet.soft([(43, 92), (46, 60), (38, 44), (50, 52), (62, 42), (54, 60), (58, 92)], "#6b4330")
    for number in range(26):
        turn, reach = number * 2.4, 6 + number * 1.15
        x, y = 50 + reach * math.cos(turn) * 1.15, 36 + reach * math.sin(turn) * 0.85
        _hand(sheet, x, y, 4.2 + number % 3 * 0.6, RAINBOW[number % 7], turn)
    sheet.person(26, 96, 13, BLUE, 2)
    sheet.person(74, 96, 11, RED, 4)
    return sheet


def _hand(sheet: Sheet, x: float, y: float, size: float, colour: str, turn: float) -> None:
    sheet.dot(x, y, size * 0.5, colour)
    for finger in range(5):
        way = turn - 1.1 + finger * 0.5
        reach = size * (0.95 if finger else 0.8)
        sheet.straight([(x, y), (x + reach * math.cos(way), y + reach * math.sin(way))], colour, size * 0.24)
        sheet.dot(x + reach * math.cos(way), y + reach * math.sin(way), size * 0.12, colour)


def metro() -> Sheet:
    sheet = Sheet("#f4f0e6", 75)
    ways = (
        [(4, 12), (30, 12), (50, 37), (78, 64), (97, 64)], [(4, 62), (26, 62), (50, 37), (74, 12), (97, 12)],
        [(4, 37), (97, 37)], [(50, 4), (50, 71)], [(14, 4), (14, 24), (50, 37), (86, 50), (86, 71)],
        [(26, 71), (34, 52), (50, 37), (66, 22), (70, 4)], [(4, 26), (22, 26), (50, 37), (80, 26), (97, 26)],
    )  # fmt: skip
    for way, colour in zip(ways, RAINBOW, strict=True):
        sheet.straight(way, colour, 1.7)
    for number, way in enumerate(ways):
        for x, y in (way[0], way[-1], *([way[1]] if len(way) > 2 else [])):
            sheet.oval(x, y, 1.5, 1.5, CREAM, INK, 0.5)
        middle = ((way[0][0] + 50) / 2, (way[0][1] + 37) / 2)
        if number in (2, 3):
            sheet.oval(*middle, 1.3, 1.3, CREAM, INK, 0.4)
    sheet.oval(50, 37, 6.5, 6.5, CREAM, INK, 1)
    sheet.box(47.2, 36.6, 5.6, 3.6, RED, 0.3)
    sheet.shape([(46, 36.8), (50, 32.6), (54, 36.8)], RED)
    return sheet


def teapot() -> Sheet:
    sheet = Sheet("#f5e3d6", 88)
    sheet.box(0, 74, 100, 14, "#c98f6b")
    sheet.line([(70, 50), (84, 46), (82, 66), (68, 66)], TEAL, 3)
    sheet.soft([(26, 60), (34, 44), (50, 40), (66, 44), (74, 60), (66, 76), (34, 76)], TEAL)
    sheet.soft([(30, 58), (16, 50), (12, 40), (17, 40), (22, 48), (34, 52)], TEAL)
    sheet.oval(50, 40, 9, 2.6, "#1f6668")
    sheet.dot(50, 36, 2.2, RED)
    for number in range(5):
        sheet.star(36 + number * 7, 60 + number % 2 * 5, 2.4, SUN, 6)
    for number, (x, y, size) in enumerate(((14, 30, 4), (22, 20, 6), (36, 12, 8), (56, 11, 9), (77, 14, 10))):
        sheet.oval(x, y, size, size * 0.72, RAINBOW[number + 1])
        sheet.shape([(x - size * 0.4, y + size * 0.5), (x - size * 0.75, y + size * 1.15), (x + size * 0.1, y + size * 0.68)],
                    RAINBOW[number + 1])  # fmt: skip
        for dot in range(3):
            sheet.dot(x + (dot - 1) * size * 0.4, y, size * 0.1, CREAM)
    for place in range(4):
        sheet.oval(14 + place * 24, 79, 4, 1.6, CREAM)
    return sheet


def constellation() -> Sheet:
    sheet = Sheet(NIGHT, 75)
    for number in range(90):
        sheet.dot((number * 53.7) % 100, (number * 31.3) % 60, 0.12 + number % 4 * 0.09, "#cfd4f2")
    stars = [(14, 22), (26, 12), (38, 24), (50, 14), (63, 26), (76, 16), (88, 28), (72, 42), (50, 46), (28, 42)]
    for a, b in [(0, 1), (1, 2), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, 0), (2, 9), (4, 7), (3, 8)]:
        sheet.straight([stars[a], stars[b]], "#8f9bd8", 0.25)
    for number, (x, y) in enumerate(stars):
        sheet.star(x, y, 2.6 + number % 3 * 0.7, (SUN, "#fff3c9", ROSE)[number % 3], 5)
    sheet.soft([(0, 76), (0, 62), (30, 58), (64, 64), (100, 58), (100, 76)], "#121735")
    for place in range(6):
        sheet.person(30 + place * 7, 70, 10, RAINBOW[place], place)
        sheet.line([(31 + place * 7, 64), (32.5 + place * 7, 60)], RAINBOW[place], 0.9)
    return sheet


def garden() -> Sheet:
    sheet = Sheet("#d9ecd8", 70)
    sheet.dot(86, 12, 7, SUN)
    for bed in range(3):
        y = 30 + bed * 15
        sheet.box(4 - bed, y, 92 + bed * 2, 8, "#7a5236", 2)
        for number in range(9):
            x = 9 + number * 10.3
            sheet.line([(x, y + 3), (x + 0.6, y - 3), (x, y - 6)], LEAF, 0.6)
            colour = RAINBOW[(number + bed * 2) % 7]
            if (number + bed) % 3 == 0:
                for petal in range(6):
                    turn = petal * math.pi / 3
                    sheet.dot(x + 1.7 * math.cos(turn), y - 7 + 1.7 * math.sin(turn), 1.3, colour)
                sheet.dot(x, y - 7, 1, SUN)
            elif (number + bed) % 3 == 1:
                sheet.soft(
                    [(x - 2, y - 6), (x - 1.4, y - 10), (x, y - 8), (x + 1.4, y - 10), (x + 2, y - 6), (x, y - 4.6)], colour
                )
            else:
                sheet.oval(x, y - 7.4, 1.5, 2.6, colour)
    sheet.person(22, 70, 15, BLUE, 1)
    sheet.box(27, 62, 6, 5, RED, 1)
    sheet.straight([(33, 64), (38, 60)], RED, 1)
    return sheet


def flock() -> Sheet:
    sheet = Sheet("#f3cfae", 62)
    sheet.dot(78, 46, 13, "#f08a4b")
    sheet.box(0, 50, 100, 12, "#6d5a86")
    for number in range(15):
        arm = (number + 1) // 2 * (1 if number % 2 else -1)
        x, y = 24 + abs(arm) * 7.2, 24 + arm * 2.9
        size = 4.6 - abs(arm) * 0.22
        colour = RAINBOW[number % 7]
        sheet.soft([(x - size, y), (x, y - size * 0.35), (x + size * 0.9, y), (x, y + size * 0.35)], colour)
        sheet.line([(x, y), (x + size * 0.5, y - size), (x + size * 1.2, y - size * 1.1)], colour, 0.9)
        sheet.line([(x, y), (x + size * 0.4, y + size * 0.8), (x + size * 1.1, y + size)], colour, 0.9)
    return sheet


def wool_globe() -> Sheet:
    sheet = Sheet("#f0e7dc", 92)
    sheet.dot(50, 42, 30, BLUE)
    for number in range(11):
        bend = -26 + number * 5.2
        sheet.line([(50 + bend * 0.5, 13 + abs(bend) * 0.16), (50 + bend * 1.1, 42), (50 + bend * 0.5, 71 - abs(bend) * 0.16)],
                   ("#5a80cf", "#3556a0", TEAL)[number % 3], 0.7)  # fmt: skip
    for x, y, wide, high in ((38, 32, 9, 7), (60, 36, 10, 12), (46, 56, 7, 6), (66, 58, 5, 4), (30, 48, 5, 6)):
        sheet.oval(x, y, wide, high, LEAF)
        for step in range(4):
            row = y - high * 0.5 + step * high * 0.35
            sheet.straight([(x - wide * 0.6, row), (x + wide * 0.6, row + high * 0.2)], "#8fb86f", 0.4)
    sheet.straight([(20, 84), (68, 18)], "#8d5a3c", 1.3)
    sheet.straight([(80, 84), (32, 18)], "#8d5a3c", 1.3)
    sheet.dot(68, 18, 2, RED)
    sheet.dot(32, 18, 2, RED)
    sheet.line([(72, 62), (86, 74), (70, 84), (52, 80), (36, 88), (14, 82)], BLUE, 0.9)
    sheet.person(12, 90, 13, PLUM, 3)
    return sheet


def open_door() -> Sheet:
    sheet = Sheet("#27305e", 138)
    sheet.shape([(30, 34), (70, 34), (96, 138), (4, 138)], "#f4c76a")
    sheet.box(30, 22, 40, 78, SUN)
    sheet.shape([(70, 22), (86, 16), (86, 112), (70, 100)], RED)
    sheet.dot(82, 66, 1.4, CREAM)
    for place in range(3):
        sheet.person(40 + place * 10, 100 - place % 2 * 3, 24 - place * 2, RAINBOW[(place * 2 + 3) % 7], place)
    sheet.person(50, 132, 26, TEAL, 4)
    for number in range(26):
        sheet.star((number * 41) % 100, (number * 17) % 20, 0.6 + number % 3 * 0.3, "#e8e2c8")
    return sheet


def cup() -> Sheet:
    sheet = Sheet("#e7b48e", 138)
    sheet.dot(50, 56, 38, "#f0cba6")
    for number, colour in enumerate((RED, PLUM, TEAL)):
        x = 38 + number * 12
        sheet.line([(x, 70), (x - 5, 58), (x + 4, 46), (x - 3, 32), (x + 2, 22)], colour, 1.6)
    sheet.line([(70, 82), (86, 84), (82, 104), (66, 106)], CREAM, 4)
    sheet.soft([(26, 78), (74, 78), (70, 112), (58, 122), (42, 122), (30, 112)], CREAM)
    sheet.oval(50, 78, 24, 5, "#6b4330")
    for place in range(5):
        sheet.person(34 + place * 8, 112, 15, RAINBOW[place + 1], place)
    sheet.box(14, 124, 72, 3, "#8d5a3c", 1.5)
    return sheet


def lights() -> Sheet:
    sheet = Sheet("#34254a", 138)
    for row in range(5):
        y = 16 + row * 15
        sheet.line([(0, y), (25, y + 8), (50, y + 9), (75, y + 6), (100, y - 3)], "#8a7ba3", 0.5)
        for place in range(7):
            x = 7 + place * 14.4
            sheet.dot(x, y + 10 - abs(3 - place), 2.7, RAINBOW[(row * 2 + place) % 7])
            sheet.dot(x - 0.7, y + 9.3 - abs(3 - place), 0.8, "#fff6dc")
    sheet.box(0, 112, 100, 26, "#221833")
    for place in range(9):
        sheet.person(8 + place * 10.5, 124 + place % 2 * 5, 21, RAINBOW[(place * 3 + 1) % 7], place)
    return sheet


def bench() -> Sheet:
    sheet = Sheet("#b9d6c3", 138)
    sheet.dot(24, 28, 10, SUN)
    sheet.box(0, 104, 100, 34, "#7fa86e")
    sheet.soft([(62, 104), (66, 60), (46, 44), (60, 20), (84, 22), (96, 46), (78, 62), (76, 104)], "#5d8f4e")
    sheet.box(66, 62, 5, 44, "#6b4330")
    for place in range(4):
        sheet.person(22 + place * 13, 108, 24, RAINBOW[place * 2 % 7], place + 1)
    sheet.box(10, 96, 64, 3.4, ORANGE, 1)
    sheet.box(10, 102, 64, 3.4, ORANGE, 1)
    for x in (14, 68):
        sheet.box(x, 98, 3, 20, INK)
    return sheet


def one_thread() -> Sheet:
    """Before and after, side by side."""
    sheet = Sheet("#ece5dc", 60)
    sheet.box(50, 0, 50, 60, "#fbf1dc")
    tangle = [
        (25 + (6 + step * 0.42) * math.cos(step * 1.9), 30 + (5 + step * 0.34) * math.sin(step * 2.3)) for step in range(44)
    ]
    sheet.line(tangle, "#8d8798", 0.7)
    for row in range(7):
        for place in range(8):
            x, y = 57 + place * 4.6, 14 + row * 5
            sheet.line([(x, y), (x + 1.1, y + 3.2), (x + 2.3, y)], RAINBOW[row], 1)
    sheet.line([(57, 49), (54, 54), (64, 57), (80, 54)], PLUM, 0.8)
    sheet.straight([(50, 0), (50, 60)], INK, 0.5)
    return sheet
