"""Pictures of people and places."""

import math

from recognition.demo.pictures.sheet import (
    BLUE,
    CREAM,
    INK,
    LEAF,
    NIGHT,
    ORANGE,
    PLUM,
    RAINBOW,
    RED,
    ROSE,
    SKINS,
    SUN,
    TEAL,
    Sheet,
)


def long_table() -> Sheet:
    sheet = Sheet("#f3dfc1", 56)
    sheet.box(0, 40, 100, 16, "#d8b98c")
    for place in range(9):
        x = 8 + place * 9.6
        sheet.straight([(x + 2, 0), (x + 2, 9 + place % 3)], INK, 0.2)
        sheet.dot(x + 2, 10.5 + place % 3, 1.5, SUN)
        if place != 6:
            sheet.person(x, 40, 14, RAINBOW[place % 7], place)
    sheet.box(2, 33, 96, 2.4, "#8d5a3c", 1)
    for place in range(10):
        sheet.oval(6 + place * 9.8, 32.4, 1.6, 0.8, CREAM)
    sheet.straight([(6, 35), (6, 50)], "#8d5a3c", 1.2)
    sheet.straight([(94, 35), (94, 50)], "#8d5a3c", 1.2)
    for place, colour in enumerate((BLUE, RED, LEAF, PLUM, TEAL, ORANGE, SUN)):
        sheet.chair(14 + place * 12, 52, 11 + place % 2, colour, place % 2 == 0)
    return sheet


def seven_rooms() -> Sheet:
    sheet = Sheet("#dfeaf2", 100)
    sheet.shape([(10, 34), (50, 8), (90, 34)], RED)
    sheet.box(14, 34, 72, 56, "#6b4330")
    rooms = [(16, 36, 22, 16), (40, 36, 20, 16), (62, 36, 22, 16), (16, 54, 32, 16), (50, 54, 34, 16), (16, 72, 22, 16),
             (62, 72, 22, 16)]  # fmt: skip
    for number, (x, y, wide, high) in enumerate(rooms):
        sheet.box(x, y, wide, high, ("#f6d98a", "#f0b7a0", "#b8d8c0", "#bcd0ee", "#e5c3df", "#f3e3b0", "#c9e0e0")[number])
        sheet.person(x + wide * 0.35, y + high, 10, RAINBOW[number], number)
        sheet.box(x + wide * 0.62, y + high * 0.62, wide * 0.26, high * 0.38, RAINBOW[(number + 3) % 7], 0.6)
        sheet.dot(x + wide * 0.75, y + high * 0.3, 1.8, CREAM)
    sheet.box(41, 70, 18, 20, "#4a2d20")
    sheet.shape([(43, 72), (43, 90), (53, 94), (53, 76)], SUN)
    sheet.person(70, 97, 11, TEAL, 4)
    sheet.line([(56, 99), (62, 97), (90, 98)], LEAF, 1.4)
    return sheet


def choir() -> Sheet:
    sheet = Sheet("#f7e6cf", 70)
    for row in range(3):
        for place in range(8 - row):
            x, y = 10 + row * 5.5 + place * 11.4, 62 - row * 15
            sheet.person(x, y + 6, 19, RAINBOW[(place * 2 + row * 3) % 7], place + row * 5)
            sheet.oval(x, y - 9.3, 1.1, 1.5, "#6d1f1f")
    for place, colour in enumerate((PLUM, TEAL, RED, BLUE, LEAF)):
        x, y = 14 + place * 18, 9 + (place * 7) % 9
        sheet.oval(x, y, 2, 1.5, colour)
        sheet.straight([(x + 1.8, y), (x + 1.8, y - 7)], colour, 0.6)
        sheet.line([(x + 1.8, y - 7), (x + 4, y - 5.6), (x + 4.4, y - 3.4)], colour, 0.7)
    return sheet


def bridge() -> Sheet:
    sheet = Sheet("#cfe3ea", 66)
    sheet.soft([(0, 66), (0, 30), (18, 28), (24, 40), (20, 66)], "#7d9a6a")
    sheet.soft([(100, 66), (100, 26), (84, 25), (76, 38), (80, 66)], "#7d9a6a")
    sheet.oval(50, 72, 34, 8, BLUE)
    sheet.dot(82, 10, 5, SUN)
    for number in range(9):
        x = 22 + number * 7
        y = 36 - 9 * math.sin(math.pi * number / 8)
        sheet.person(x, y + 6, 13, RAINBOW[number % 7], number)
        if number < 8:
            sheet.line([(x + 2, y - 0.5), (x + 3.5, y + 1), (x + 5, y - 1)], SKINS[number % 5], 0.9)
    way = [(16 + step * 3.4, 37.5 - 9 * math.sin(math.pi * (step * 3.4 - 6) / 56)) for step in range(21)]
    sheet.line([(x, y + 3) for x, y in way], "#8d5a3c", 1.8)
    sheet.person(8, 31, 12, PLUM, 3)
    sheet.person(93, 28, 12, RED, 2)
    return sheet


def campfire() -> Sheet:
    sheet = Sheet(NIGHT, 75)
    for number in range(46):
        sheet.dot((number * 37) % 100, (number * 23) % 38, 0.25 + number % 3 * 0.12, "#e8e2c8")
    sheet.oval(50, 72, 60, 22, "#2c3a55")
    for reach, colour in ((17, "#3c3560"), (13, "#5b3d5c"), (9, "#8a4a4a")):
        sheet.oval(50, 56, reach * 1.7, reach, colour)
    for number in range(7):
        turn = math.pi * (0.06 + number * 0.147)
        sheet.person(50 - 34 * math.cos(turn), 64 - 15 * math.sin(turn), 15, RAINBOW[number], number)
    for tall, colour in ((15, RED), (10, ORANGE), (6, SUN)):
        left, right = 50 - tall * 0.32, 50 + tall * 0.32
        sheet.soft([(left, 62), (left, 62 - tall * 0.5), (50, 62 - tall), (right, 62 - tall * 0.45), (right, 62)], colour)
    sheet.straight([(44, 64), (56, 61)], "#4a2d20", 1.6)
    sheet.straight([(44, 61), (56, 64)], "#4a2d20", 1.6)
    return sheet


def kites() -> Sheet:
    sheet = Sheet("#bfe0ef", 110)
    sheet.soft([(0, 112), (0, 92), (30, 86), (70, 94), (100, 88), (100, 112)], "#83ad67")
    for x, y, size in ((20, 20, 9), (74, 34, 11), (60, 10, 7)):
        for step in range(4):
            sheet.dot(x + step * size * 0.55, y + step % 2, size * 0.42, "#f5f8f6")
    for number, colour in enumerate(RAINBOW):
        x, y = 14 + number * 12, 30 + abs(3 - number) * 6 - number % 2 * 5
        sheet.line([(50, 90), (45 + number * 2, 66), (x, y + 6)], INK, 0.2)
        sheet.shape([(x, y - 7), (x + 5, y), (x, y + 8), (x - 5, y)], colour)
        sheet.straight([(x, y - 7), (x, y + 8)], CREAM, 0.3)
        sheet.line([(x, y + 8), (x + 2, y + 11), (x - 1, y + 14), (x + 1, y + 17)], colour, 0.5)
    for place in range(5):
        sheet.person(38 + place * 6, 98 + place % 2 * 2, 14, RAINBOW[(place * 3) % 7], place)
    return sheet


def night_boats() -> Sheet:
    sheet = Sheet("#232a5c", 66)
    sheet.box(0, 34, 100, 32, "#182048")
    sheet.dot(80, 12, 6, "#f6ecc9")
    sheet.dot(77.5, 10.5, 5.4, "#232a5c")
    for number in range(9):
        x, y = 8 + (number * 37 + number // 5 * 9) % 86, 38 + number * 2.9
        size = 3 + number * 0.45
        colour = (SUN, ORANGE, ROSE)[number % 3]
        for ripple in range(3):
            sheet.straight(
                [(x - size + ripple, y + size + ripple * 1.2), (x + size - ripple, y + size + ripple * 1.2)], colour, 0.25
            )
        sheet.shape([(x - size, y), (x + size, y), (x + size * 0.6, y + size * 0.6), (x - size * 0.6, y + size * 0.6)], CREAM)
        sheet.box(x - size * 0.4, y - size, size * 0.8, size, colour, 0.8)
    for place in range(6):
        sheet.person(6 + place * 5.5, 35, 10, RAINBOW[place], place)
    return sheet


def circle_of_chairs() -> Sheet:
    """Before and after, side by side."""
    sheet = Sheet("#efe6d8", 60)
    sheet.box(50, 0, 50, 60, "#f7d9a8")
    for number in range(7):
        sheet.chair(6 + (number * 17) % 38, 18 + (number * 11) % 36, 8, "#a49c93", number % 2 == 0)
    for number in range(8):
        turn = 2 * math.pi * number / 8
        sheet.person(75 + 17 * math.cos(turn), 36 + 14 * math.sin(turn), 11, RAINBOW[number % 7], number)
    sheet.oval(75, 33, 7, 4, "#8d5a3c")
    sheet.oval(75, 32, 1.6, 1, CREAM)
    sheet.straight([(50, 0), (50, 60)], INK, 0.5)
    return sheet
