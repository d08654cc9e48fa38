"""The sets and the insert shots of the demo series."""
import functools
import math
import random

import skia

from art import W, H, glow, hand, ink, linear, mix, neon, oval, rect, shape, text

X0, Y0, X1, Y1 = -130, -170, 850, 1450  # drawn area of a set: the screen and room for the camera


def gradient(c, *stops):
    c.drawRect(skia.Rect.MakeLTRB(X0, Y0, X1, Y1), skia.Paint(Shader=linear((0, 0), (0, H), [(p, h, 1) for p, h in stops])))


def skyline(c, seed, base, low, high, colour, windows, lit=0.35, wmin=60, wmax=130):
    rng = random.Random(seed)
    x = X0
    while x < X1:
        w, h = rng.randint(wmin, wmax), rng.randint(low, high)
        top = base - h
        rect(c, x, top, w, Y1 - top, colour)
        if rng.random() < 0.4:
            rect(c, x + w * 0.45, top - rng.randint(20, 70), 5, 80, colour)
        if rng.random() < 0.3:
            rect(c, x + w * 0.2, top - 24, w * 0.4, 26, colour)
        if windows:
            for wy in range(int(top) + 18, min(base + 260, 1400), 26):
                for wx in range(int(x) + 10, int(x + w) - 14, 20):
                    if rng.random() < lit:
                        rect(c, wx, wy, 10, 14, windows, rng.choice((0.25, 0.5, 0.85)), 1)
        x += w + rng.randint(-4, 8)


def bokeh(c, seed, n, colours, y0, y1, rmin=16, rmax=46, a=0.3):
    rng = random.Random(seed)
    for _ in range(n):
        oval(c, rng.randint(X0, X1), rng.randint(y0, y1), *(2 * [rng.randint(rmin, rmax)]), rng.choice(colours), a * rng.uniform(0.5, 1))


def rain(c, t, n=34, colour="#bfe6ff", a=0.28, slope=-0.12):
    rng = random.Random(5)
    for _ in range(n):
        x, y, v, ln = rng.uniform(X0, X1), rng.uniform(0, 1700), rng.uniform(900, 1300), rng.uniform(50, 110)
        yy = (y + v * t) % 1700 - 220
        xx = x + slope * (yy - 640)
        c.drawLine(xx, yy, xx + slope * ln, yy + ln, ink(colour, a, stroke=2.2))


def drift(c, t, colour, n=22, size=9, fall=46, sway=26, a=0.85, seed=3):
    """Petals, snow, ash."""
    rng = random.Random(seed)
    for i in range(n):
        x, y, k = rng.uniform(X0, X1), rng.uniform(0, 1560), rng.uniform(0.5, 1.1)
        yy = (y + fall * k * t) % 1560 - 140
        oval(c, x + math.sin(t * 0.8 + i) * sway, yy, size * k, size * k * 0.8, colour, a * k)


def sign(c, x, y, on=(1, 1, 1, 1), colour="#ff3f8e", size=150, frame=True):
    """The big VOWS sign on its scaffold."""
    if frame:
        for i in range(5):
            c.drawLine(x - 250 + i * 125, y - size, x - 250 + i * 125, y + 190, ink("#0d0b18", 1, stroke=7))
        for yy in (y - size * 0.9, y + 26):
            c.drawLine(x - 260, yy, x + 260, yy, ink("#0d0b18", 1, stroke=7))
    for i, ch in enumerate("VOWS"):
        neon(c, ch, x + (i - 1.5) * size * 0.83, y, "bold", size, colour, on[i])


# Every set is (list of (parallax, painter), live painter or None). Painters draw the full area.
def city(sky=("#1a0b3b", "#5b1b78", "#e0508f"), far="#3b1a66", near="#1a0d36", win="#ffb3d9", moon="#ffd9ec", on=(1, 1, 1, 1), tint="#ff3f8e"):
    def back(c):
        gradient(c, (0, sky[0]), (0.45, sky[1]), (0.85, sky[2]))
        glow(c, 540, 270, 210, moon, 0.5)
        oval(c, 540, 270, 62, 62, moon)
        skyline(c, 11, 700, 150, 420, mix(far, sky[1], 0.45), win, 0.12)

    def mid(c):
        skyline(c, 23, 860, 120, 420, far, win, 0.3)
        glow(c, 250, 560, 420, tint, 0.45)
        sign(c, 250, 600, on, tint, 130)

    def front(c):
        skyline(c, 31, 1120, 80, 330, near, mix(win, tint, 0.4), 0.22, 90, 170)
        rect(c, 600, 620, 64, 330, mix(near, "#000000", 0.3), r=8)
        for i, ch in enumerate("SATO"):
            neon(c, ch, 632, 690 + i * 76, "bold", 52, "#35e0ff")
    return [(0.35, back), (0.65, mid), (1, front)], None


def office():
    def back(c):
        gradient(c, (0, "#0c1440"), (0.5, "#3a2a8c"), (0.9, "#c24fa0"))
        skyline(c, 41, 820, 160, 480, "#2b1f6e", "#ffd0a8", 0.25)
        skyline(c, 43, 960, 80, 300, "#1a1450", "#8fe3ff", 0.3)
        glow(c, 610, 430, 300, "#ff3f8e", 0.5)
        for i, ch in enumerate("VOWS"):
            neon(c, ch, 600, 330 + i * 92, "bold", 84, "#ff3f8e")

    def room(c):
        for x in (X0, 170, 470, 800):
            rect(c, x, Y0, 16 if x > X0 else 60, 1700, "#0b0d22")
        rect(c, X0, 230, 1000, 9, "#0b0d22")
        rect(c, X0, Y0, 1000, 150, "#0b0d22")
        rect(c, X0, 930, 1000, 600, "#12122e")
        rect(c, X0, 930, 1000, 12, "#e07ac0", 0.5)
        rect(c, -20, 800, 120, 20, "#ffcf7a", r=8)
        shape(c, "M -10 800 L 90 800 L 66 740 L 14 740 Z", "#ffdf9e")
        rect(c, 36, 820, 8, 116, "#0a0a1c")
        glow(c, 40, 800, 320, "#ffb45a", 0.45)
    return [(0.4, back), (1, room)], None


def train():
    def back(c):
        gradient(c, (0, "#04262b"), (1, "#0b4a4a"))

    def room(c):
        rect(c, X0, Y0, 1000, 330, "#0f5b57")
        rect(c, X0, 118, 1000, 26, "#bff5df", r=8)
        glow(c, 360, 130, 560, "#8ff0d0", 0.4)
        c.save()
        c.drawRect(skia.Rect.MakeLTRB(X0, 160, X1, 290), ink("#137067"))
        for x, words in ((-60, "NIGHT"), (330, "HARBOUR LINE"), (720, "LAST TRAIN")):
            rect(c, x - 60, 180, 250, 96, "#0a4743", r=10)
            text(c, words, x + 64, 240, "thin", 30, "#9ef7d8", 0.85, 0.5, 2)
        c.restore()
        for x in (-150, 300, 750):
            rect(c, x - 45, 280, 90, 480, "#10615a")
        rect(c, X0, 730, 1000, 760, "#0d4f4b")
        for i in range(-1, 6):
            rect(c, i * 180 - 70, 820, 168, 600, "#d9a441", r=26)
            rect(c, i * 180 - 58, 832, 144, 60, "#efc165", r=18)
        for x in (120, 470):
            c.drawLine(x, 144, x, 330, ink("#cfeee2", 1, stroke=6))
            c.drawCircle(x, 362, 32, ink("#f1fff9", 1, stroke=9))

    def live(c, t):  # the city running past the windows, behind the wall layer
        gradient(c, (0, "#06182e"), (0.5, "#123a5c"), (0.8, "#0b2a44"))
        for seed, v, base, h, colour, win in ((3, 120, 640, 260, "#164a66", "#7fd8ff"), (9, 320, 760, 220, "#0c2d45", "#ffd27a")):
            rng = random.Random(seed)
            for i in range(9):
                w, top, off = rng.randint(90, 170), rng.randint(60, h), rng.randint(0, 60)
                x = (i * 190 + off - v * t) % 1710 - 400
                rect(c, x, base - top, w, 600, colour)
                for k in range(4):
                    rect(c, x + 16 + (k % 2) * 46, base - top + 22 + (k // 2) * 44, 26, 20, win, 0.7)
    return [(1, room)], live, back


def platform():
    def back(c):
        gradient(c, (0, "#071a3d"), (0.5, "#10477f"), (1, "#0a2148"))
        bokeh(c, 8, 26, ["#46c8ff", "#9fe8ff", "#ffd873", "#ff7ab5"], 300, 800, a=0.4)
        skyline(c, 15, 760, 100, 300, "#0d2f60", "#8fdcff", 0.2)

    def mid(c):
        shape(c, f"M {X0} 60 L {X1} 200 L {X1} 250 L {X0} 140 Z", "#061330")
        shape(c, f"M {X0} {Y0} L {X1} {Y0} L {X1} 200 L {X0} 60 Z", "#0a1e48")
        for x, w in ((60, 30), (640, 22)):
            rect(c, x, 100, w, 900, "#081a40")
        rect(c, 170, 200, 250, 84, "#f2f6ff", r=8)
        rect(c, 170, 258, 250, 26, "#ff8a2b", r=4)
        text(c, "HARBOUR", 295, 246, "bold", 40, "#0c2350", 1, 0.5, 2)
        for x in (505, 120):
            rect(c, x - 50, 196, 100, 16, "#fff3c4", r=8)
            glow(c, x, 210, 330, "#ffe08a", 0.5)
        rect(c, X0, 930, 1000, 600, "#0b2450")
        rect(c, X0, 930, 1000, 20, "#ffd24a")
        for x in (505, 120):
            oval(c, x, 1040, 150, 34, "#ffe08a", 0.25, blur=16)
    return [(0.5, back), (1, mid)], lambda c, t: rain(c, t)


def hall(wall="#5a3a12", lite="#f5c451", floor="#3a2409", petal="#ffe2a0", glowc="#ffcf66", cloth="#8c1730"):
    def back(c):
        gradient(c, (0, mix(wall, "#000000", 0.25)), (0.5, wall), (0.8, mix(wall, lite, 0.35)))
        for i in range(-1, 4):
            x = i * 220 + 30
            shape(c, f"M {x-78} 960 L {x-78} 380 C {x-78} 230 {x+78} 230 {x+78} 380 L {x+78} 960 Z", mix(wall, lite, 0.6))
            shape(c, f"M {x-62} 960 L {x-62} 390 C {x-62} 256 {x+62} 256 {x+62} 390 L {x+62} 960 Z", mix(wall, "#ffffff", 0.55))
            c.drawLine(x, 300, x, 960, ink(mix(wall, lite, 0.6), 1, stroke=6))
            c.drawLine(x - 62, 520, x + 62, 520, ink(mix(wall, lite, 0.6), 1, stroke=6))
        glow(c, 360, 250, 520, glowc, 0.55)

    def mid(c):
        for x in (-80, 60, 640, 780):
            rect(c, x, Y0, 62, 1300, mix(lite, wall, 0.35))
            rect(c, x + 8, Y0, 12, 1300, mix(lite, "#ffffff", 0.4), 0.7)
            rect(c, x - 12, 930, 86, 50, mix(lite, wall, 0.2), r=6)
        c.drawLine(360, Y0, 360, 150, ink(lite, 1, stroke=6))
        for r_, y in ((150, 170), (96, 130)):
            shape(c, f"M {360-r_} {y} Q 360 {y+80} {360+r_} {y}", lite, stroke=8)
            for i in range(-3, 4):
                x = 360 + i * r_ / 3
                yy = y + 40 - (i * i) * 4.4
                rect(c, x - 5, yy - 40, 10, 34, "#fff7df", r=3)
                glow(c, x, yy - 48, 46, "#fff0b8", 0.8)
        rect(c, X0, 960, 1000, 600, floor)
        shape(c, "M 250 960 L 470 960 L 760 1450 L -40 1450 Z", cloth)
        for i in range(4):
            for s in (-1, 1):
                x, y = 360 + s * (190 + i * 70), 930 + i * 90
                for k in range(9):
                    oval(c, x + math.cos(k * 0.7) * 34, y + math.sin(k * 0.7) * 26, 20, 18, mix(petal, "#ffffff", 0.15 * (k % 4)))
    return [(0.5, back), (1, mid)], lambda c, t: drift(c, t, petal, 12, 9, 50)


def flat():
    def back(c):
        gradient(c, (0, "#6b2f1c"), (0.6, "#b3582a"), (1, "#5a2718"))
        for i in range(-1, 9):
            rect(c, i * 110 - 20, Y0, 4, 1200, "#7d3a20", 0.5)
        rect(c, 60, 190, 300, 420, "#3a160f", r=6)
        c.drawRect(skia.Rect.MakeXYWH(76, 206, 268, 388), skia.Paint(Shader=linear((0, 206), (0, 594), [(0, "#3a2374", 1), (0.6, "#d9577c", 1), (1, "#ffb066", 1)])))
        c.save()
        c.clipRect(skia.Rect.MakeXYWH(76, 206, 268, 388))
        skyline(c, 77, 600, 60, 220, "#3b1d55", "#ffd9a0", 0.3, 40, 70)
        c.restore()
        for i in range(9):
            rect(c, 70, 214 + i * 24, 280, 7, "#2a0f0b", 0.75)
        rect(c, 205, 206, 8, 390, "#3a160f")

    def mid(c):
        rect(c, 500, 250, 230, 800, "#3d1a10", r=4)
        rect(c, 520, 276, 80, 210, "#512415", r=4)
        rect(c, 624, 276, 80, 210, "#512415", r=4)
        rect(c, 520, 520, 184, 360, "#512415", r=4)
        oval(c, 528, 640, 12, 12, "#f2b84a")
        rect(c, X0, 1000, 1000, 500, "#3d1a12")
        rect(c, -140, 790, 420, 330, "#7c2b3f", r=40)
        rect(c, -140, 740, 330, 190, "#93364c", r=44)
        rect(c, 408, 520, 8, 520, "#2a0f0b")
        shape(c, "M 360 530 L 464 530 L 440 440 L 384 440 Z", "#ffd98c")
        glow(c, 412, 500, 430, "#ffb04a", 0.6)
    return [(0.6, back), (1, mid)], None


def hospital():
    def back(c):
        gradient(c, (0, "#dff3ec"), (0.5, "#c5e8df"), (1, "#9fd0c6"))
        shape(c, f"M {X0} {Y0} L {X1} {Y0} L 460 430 L 260 430 Z", "#f3fbf8")
        shape(c, f"M {X0} 1450 L {X1} 1450 L 460 730 L 260 730 Z", "#8fc4bb")
        shape(c, f"M {X0} {Y0} L 260 430 L 260 730 L {X0} 1450 Z", "#b9e0d7")
        shape(c, f"M {X1} {Y0} L 460 430 L 460 730 L {X1} 1450 Z", "#a9d6cc")
        rect(c, 260, 430, 200, 300, "#e9f7f2")
        rect(c, 296, 500, 62, 230, "#7fbcb4")
        rect(c, 362, 500, 62, 230, "#7fbcb4")
        glow(c, 360, 560, 230, "#ffffff", 0.7)
        for k in (0.0, 0.34, 0.58):
            f = lambda x, y: (x + (360 - x) * k, y + (560 - y) * k)
            for pts, colour in (([(200, -60), (520, -60), (490, 60), (230, 60)], "#ffffff"),
                                ([(-60, 330), (60, 380), (60, 1010), (-60, 1140)], "#5fa39c"),
                                ([(780, 330), (660, 380), (660, 1010), (780, 1140)], "#549690")):
                q = [f(*p) for p in pts]
                shape(c, "M " + " L ".join(f"{a:.1f} {b:.1f}" for a, b in q) + " Z", colour)
        shape(c, f"M {X0} 905 L 260 650 L 260 662 L {X0} 950 Z", "#e2725b")
        shape(c, f"M {X1} 905 L 460 650 L 460 662 L {X1} 950 Z", "#e2725b")

    def mid(c):
        rect(c, 470, 200, 190, 78, "#2f8f83", r=10)
        text(c, "WARD 9", 565, 254, "bold", 40, "#ffffff", 1, 0.5, 2)
    return [(0.8, back), (1, mid)], None


def workshop(on=(1, 1, 1, 1)):
    def back(c):
        gradient(c, (0, "#2a060c"), (0.5, "#6e0f1f"), (1, "#23050b"))
        for y in range(-120, 1400, 74):
            for x in range(-130 + (y // 74 % 2) * 60, 860, 120):
                rect(c, x, y, 112, 66, "#4c0a17" if (x * 7 + y) % 5 else "#5b0f1e", 0.5, 4)
        for x in (40, 640):
            c.drawLine(x, Y0, x, 420, ink("#16030a", 1, stroke=6))
    def mid(c):
        for i, h in enumerate(("#ff2e63", "#ff7a3d", "#ffd23d", "#ff2e63")):
            x, y = 110 + i * 168, 330 + (i % 2) * 46
            c.drawLine(x, Y0, x, y - 120, ink("#16030a", 1, stroke=5))
            if on[i]:
                glow(c, x, y - 60, 260, h, 0.5 * on[i])
            neon(c, "VOWS"[i], x, y, "bold", 170, h, on[i])
        rect(c, X0, 900, 1000, 26, "#1d060b")
        rect(c, X0, 926, 1000, 560, "#2c0a11")
        for i in range(9):
            rect(c, -90 + i * 104, 846 - (i % 3) * 20, 9, 60 + (i % 3) * 20, ["#ff5a7a", "#ffc46b", "#7a2433"][i % 3], r=4)
        shape(c, "M 560 900 L 590 780 L 700 780 L 740 900 Z", "#16030a")
    return [(0.6, back), (1, mid)], None


def rooftop(sky=("#3b2a6e", "#f0708a", "#ffc178"), far="#7a3f7c", mid_="#43285c", floor="#2b1c40", win="#ffe0a0", on=(0, 0, 0, 0), tint="#ff3f8e", weather=None, sun=True):
    def back(c):
        gradient(c, (0, sky[0]), (0.42, sky[1]), (0.66, sky[2]))
        if sun:
            glow(c, 200, 640, 460, "#fff0b8", 0.7)
            oval(c, 200, 640, 88, 88, "#fff6d8")
            for x, y, w in ((500, 250, 300), (120, 330, 230), (620, 420, 260), (330, 180, 180)):
                rect(c, x - w / 2, y, w, 18, "#ffd7c4", 0.5, 9)
                rect(c, x - w / 2 + 40, y + 22, w * 0.7, 12, "#ffd7c4", 0.35, 6)
        skyline(c, 51, 800, 90, 300, mix(far, sky[2], 0.35), None)
        skyline(c, 53, 880, 60, 260, far, win, 0.14)

    def mid(c):
        if any(on):
            glow(c, 360, 330, 480, tint, 0.4)
        sign(c, 360, 370, on, tint, 140)
        rect(c, 560, 470, 150, 180, mid_, r=10)
        shape(c, "M 545 474 L 725 474 L 635 420 Z", mix(mid_, "#000000", 0.2))
        for x in (580, 684):
            rect(c, x, 640, 9, 200, mid_)
        rect(c, X0, 800, 1000, 700, floor)
        rect(c, X0, 786, 1000, 30, mix(floor, sky[2], 0.4))
        for i in range(9):
            rect(c, -110 + i * 118, 830, 8, 130, mix(floor, "#000000", 0.3))
        rect(c, X0, 830, 1000, 8, mix(floor, "#000000", 0.3))
    live = (lambda c, t: drift(c, t, "#ffffff", 40, 8, 90, 20)) if weather == "snow" else (lambda c, t: rain(c, t)) if weather == "rain" else None
    return [(0.45, back), (1, mid)], live


def doorway():
    def back(c):
        gradient(c, (0, "#4a0618"), (0.6, "#a11133"), (1, "#3a0413"))
        for i in range(-1, 6):
            rect(c, i * 190 - 70, Y0, 60, 1300, "#7d0c28", 0.7)
        shape(c, "M 150 1000 L 150 360 C 150 180 570 180 570 360 L 570 1000 Z", "#2c020d")
        shape(c, "M 178 1000 L 178 366 C 178 212 542 212 542 366 L 542 1000 Z", "#ffe9c9")
        glow(c, 360, 560, 560, "#ffd29a", 0.75)

    def mid(c):
        rect(c, X0, 1000, 1000, 500, "#3a0413")
        shape(c, "M 178 1000 L 542 1000 L 800 1450 L -80 1450 Z", "#f2a26b", 0.55)
        for s in (-1, 1):
            shape(c, f"M {360+s*182} 1000 L {360+s*330} 1090 L {360+s*330} 230 L {360+s*182} 300 Z", "#5e0a1f")
            oval(c, 360 + s * 204, 660, 10, 14, "#ffcf7a")
    return [(0.7, back), (1, mid)], lambda c, t: drift(c, t, "#ff8aa0", 14, 9, 60)


def study():
    def back(c):
        gradient(c, (0, "#0b2a1c"), (0.6, "#134a30"), (1, "#0a2418"))
        rng = random.Random(4)
        for y in (40, 220, 400, 580):
            rect(c, X0, y + 130, 1000, 16, "#3a2412")
            x = X0
            while x < X1:
                w, h = rng.randint(18, 40), rng.randint(86, 124)
                if not 190 < x < 520 or y < 300:
                    rect(c, x, y + 130 - h, w - 3, h, rng.choice(["#7b2d26", "#c08a3e", "#2f6a58", "#3f5a86", "#8c4a2a", "#d8c59a"]), r=3)
                x += w

    def mid(c):
        rect(c, 150, 470, 420, 500, "#22140b", r=6)
        rect(c, 110, 440, 500, 46, "#5a3a1e", r=8)
        rect(c, 210, 560, 300, 410, "#0c0502", r=10)
        rect(c, X0, 970, 1000, 500, "#2b180c")
        shape(c, "M 40 1020 L 680 1020 L 800 1450 L -80 1450 Z", "#6e1f2a")

    def live(c, t):
        glow(c, 360, 880, 420 + 20 * math.sin(t * 7), "#ff8a2e", 0.6 + 0.06 * math.sin(t * 11))
        for i in range(5):
            x, h = 270 + i * 45, 120 + 50 * math.sin(t * 6 + i * 1.9) + (60 if i == 2 else 0)
            for k, colour in ((1, "#ff5a1f"), (0.68, "#ff9a2e"), (0.36, "#ffe08a")):
                shape(c, f"M {x-36*k:.1f} 960 C {x-44*k:.1f} {960-h*k*.5:.1f} {x-8*k:.1f} {960-h*k*.6:.1f} {x+math.sin(t*8+i)*10:.1f} {960-h*k:.1f} C {x+12*k:.1f} {960-h*k*.5:.1f} {x+44*k:.1f} {960-h*k*.4:.1f} {x+36*k:.1f} 960 Z", colour)
    return [(0.7, back), (1, mid)], live


def river(sky=("#0c1b44", "#274b86", "#f0a060"), water="#173a63", hill="#102a4d", lamps="#ffb347", n=14, weather=None):
    def back(c):
        gradient(c, (0, sky[0]), (0.3, sky[1]), (0.52, sky[2]))
        shape(c, f"M {X0} 640 C 60 470 200 520 330 600 C 480 470 640 440 {X1} 600 L {X1} 760 L {X0} 760 Z", mix(hill, sky[2], 0.3))
        shape(c, f"M {X0} 680 C 120 590 260 640 420 680 C 560 600 700 600 {X1} 660 L {X1} 800 L {X0} 800 Z", hill)
        for i in range(9):
            x, y = -80 + i * 105, 664 + (i % 3) * 12
            shape(c, f"M {x-34} {y} L {x} {y-34} L {x+34} {y} Z", mix(hill, "#000000", 0.35))
            rect(c, x - 24, y, 48, 44, mix(hill, "#000000", 0.2))
            rect(c, x - 8, y + 10, 16, 18, lamps, 0.9, 2)
        rect(c, X0, 708, 1000, 760, water)

    def live(c, t):
        rng = random.Random(6)
        for i in range(n):
            k = rng.uniform(0.4, 1.2)
            x = (rng.uniform(0, 1100) + t * 16 * k) % 1100 - 190
            lantern(c, x, 735 + 190 * k + math.sin(t + i) * 5, 0.4 * k, lamps)
        if weather == "rain":
            rain(c, t)
    return [(0.5, back)], live


def lantern(c, x, y, s, h="#ffb347"):
    c.save()
    c.translate(x, y)
    c.scale(s, s)
    glow(c, 0, 0, 170, h, 0.65)
    shape(c, "M -52 -70 C -78 -30 -78 30 -52 70 L 52 70 C 78 30 78 -30 52 -70 Z", mix(h, "#ffffff", 0.3))
    shape(c, "M -26 -70 C -38 -30 -38 30 -26 70 L 26 70 C 38 30 38 -30 26 -70 Z", mix(h, "#ffffff", 0.62))
    for y2 in (-78, 66):
        rect(c, -56, y2, 112, 14, "#5a2a1a", r=5)
    c.restore()


# --------------------------------------------------------------------------- inserts
def sheet(c, x, y, w, h, rot, paint, colour="#f7f1e3"):
    c.save()
    c.translate(x, y)
    c.rotate(rot)
    rect(c, -w / 2 + 14, -h / 2 + 22, w, h, "#000000", 0.35, 6, blur=14)
    rect(c, -w / 2, -h / 2, w, h, colour, r=6)
    paint()
    c.restore()


def _lines(c, y, n, w, step=34, colour="#8d8794"):
    rng = random.Random(int(y) + n)
    for i in range(n):
        rect(c, -w / 2, y + i * step, w * rng.uniform(0.72, 1), 7, colour, 0.55, 3)


def contract(c, t, **k):
    def paint():
        text(c, "MARRIAGE CONTRACT", 0, -250, "bold", 33, "#2a2333", 1, 0.5, 2)
        _lines(c, -205, 6, 400)
        text(c, "The bride", -200, 42, "thin", 24, "#6b6472")
        text(c, "Lena Sato", -196, 96, "serif", 58, "#b3122e")
        c.drawLine(-204, 110, 200, 110, ink("#2a2333", 1, stroke=3))
        text(c, "The bride", -200, 172, "thin", 24, "#6b6472")
        c.drawLine(-204, 240, 200, 240, ink("#2a2333", 1, stroke=3))
        n = min(4, int(t * 1.6))
        text(c, "Mira"[:n], -196, 226, "serif", 58, "#232a6b")
    sheet(c, 350, 560, 500, 640, -4, paint)
    n = min(4, t * 1.6)
    px, py = 190 + n * 32, 762 + math.sin(t * 14) * 3 * (n < 4)
    c.drawLine(px, py, px + 130, py - 130, ink("#1a1730", 1, stroke=17))
    c.drawLine(px, py, px + 22, py - 22, ink("#f0c873", 1, stroke=9))
    hand(c, px + 44, py - 40, 1.15)


def phone(c, t, lines=("",), who="UNKNOWN", accent="#35e0ff", **k):
    c.save()
    c.translate(360, 560 + math.sin(t) * 4)
    c.rotate(-5)
    glow(c, 0, 0, 460, accent, 0.5)
    rect(c, -190, -370, 380, 740, "#0b0f1c", r=46)
    rect(c, -172, -350, 344, 700, "#14203a", r=34)
    text(c, "23:47", 0, -190, "thin", 100, "#eaf7ff", 1, 0.5)
    pop = min(1, max(0, (t - 0.35) * 5))
    c.scale(0.8 + 0.2 * pop, 0.8 + 0.2 * pop)
    rect(c, -152, -110, 304, 84 + 44 * len(lines), "#eaf3ff", pop, 24)
    text(c, who, -128, -68, "bold", 22, "#56657f", pop, 0, 1)
    for i, s in enumerate(lines):
        text(c, s, -128, -22 + i * 42, "bold", 31, "#101828", pop)
    c.restore()
    hand(c, 470, 700, 1.25)


def letter(c, t, lines=("",), colour="#f6ead2", inkc="#3b2350", sleeve="#c98a2f", skin="#f2c6a8", **k):
    def paint():
        for i, s in enumerate(lines):
            text(c, s, -205, -190 + i * 72, "serif", 46, inkc)
    sheet(c, 360, 540 + math.sin(t * 1.2) * 3, 490, 560, 3, paint, colour)
    hand(c, 540, 740, 1.15, sleeve=sleeve, skin=skin)
    hand(c, 180, 770, 1.15, flip=-1, sleeve=sleeve, skin=skin)


def doorknob(c, t, **k):
    gradient(c, (0, "#1b0f2e"), (1, "#0d0819"))
    rect(c, 120, Y0, 900, 1700, "#3a2250")
    rect(c, 190, Y0, 420, 560, "#452a5e", r=8)
    rect(c, 190, 700, 420, 700, "#452a5e", r=8)
    rect(c, 104, Y0, 18, 1700, "#ffcf7a", 0.9)
    glow(c, 112, 560, 330, "#ffb04a", 0.55)
    rect(c, 250, 440, 96, 270, "#d9a441", r=48)
    rect(c, 258, 448, 30, 254, "#f8d98c", 0.8, 20)
    oval(c, 298, 650, 11, 11, "#2a1640")
    rect(c, 293, 650, 10, 30, "#2a1640")
    turn = max(0, min(1, (t - 1.0) * 0.9)) * 26 + (math.sin(t * 26) * 1.5 if 0.5 < t < 1.1 else 0)
    c.save()
    c.translate(298, 540)
    c.rotate(turn)
    rect(c, -20, -24, 250, 46, "#b37f2a", r=23)
    rect(c, -20, -24, 250, 24, "#f8d98c", r=18)
    c.restore()


def scar(c, t, **k):
    glow(c, 330, 520, 420, "#ffd29a", 0.5)
    hand(c, 180, 480, 2.2, skin="#e9b892", shade="#c2845f", sleeve="#1d2740", scar=True)
    glow(c, 500, 520, 180 + 14 * math.sin(t * 4), "#ff5a3a", 0.4)


def burning(c, t, **k):
    glow(c, 360, 980, 620, "#ff7a1f", 0.8)
    edge = 250 - min(t, 4.5) * 32

    def paint():
        text(c, "MARRIAGE CONTRACT", 0, -250, "bold", 33, "#2a2333", 1, 0.5, 2)
        _lines(c, -205, 3, 400)
        text(c, "9. If the groom's name is false,", -212, -62, "bold", 29, "#a3122e")
        text(c, "all shares pass to the bride.", -212, -22, "bold", 29, "#a3122e")
        _lines(c, 20, 7, 400)
        pts = [(-262 + i * 40, edge + math.sin(i * 2.1 + t * 3) * 20) for i in range(14)]
        poly = " L ".join(f"{x:.1f} {y:.1f}" for x, y in pts)
        shape(c, f"M {poly} L 262 400 L -262 400 Z", "#130805")
        shape(c, f"M {poly}", "#ff8a2e", stroke=16)
        shape(c, f"M {poly}", "#ffe9a8", stroke=6)
        for i, (x, y) in enumerate(pts[1:-1]):
            h = 60 + 34 * math.sin(t * 9 + i * 1.7)
            shape(c, f"M {x-26:.1f} {y+6:.1f} Q {x-20:.1f} {y-h*.4:.1f} {x+8*math.sin(t*7+i):.1f} {y-h:.1f} Q {x+22:.1f} {y-h*.4:.1f} {x+26:.1f} {y+6:.1f} Z", "#ff9a2e", 0.75)
    sheet(c, 360, 560, 500, 640, 3, paint)
    drift(c, t, "#ffb45a", 16, 6, -120, 30)


def tag(c, t, lines=("",), **k):
    y = min(520, 180 + t * 230) + math.sin(t * 1.4) * 8
    lantern(c, 360, y, 1.9)
    shape(c, f"M 360 {y+150:.1f} L 360 {y+196:.1f}", "#5a2a1a", stroke=5)
    sheet(c, 360, y + 262, 380, 136, 2 + math.sin(t * 2) * 2,
          lambda: [text(c, s, 0, -14 + i * 46, "serif", 38, "#7a1f2e", 1, 0.5) for i, s in enumerate(lines)])


INSERTS = dict(contract=contract, phone=phone, letter=letter, doorknob=doorknob, scar=scar, burning=burning, tag=tag)

NIGHT = dict(sky=("#070b2a", "#1d2470", "#7a3fb0"), far="#1f1a5c", mid_="#181444", floor="#120f33", sun=False)
SETS = {
    "city": city(), "office": office(), "train": train(), "platform": platform(), "hall": hall(),
    "flat": flat(), "hospital": hospital(), "workshop": workshop(), "workshop-out": workshop((0, 0, 0, 0.9)),
    "dawn": rooftop(), "study": study(), "doorway": doorway(),
    "white": hall("#c98aa4", "#fff3f0", "#e8c3cf", "#ff9dbd", "#ffffff", "#fff0f4"),
    "snow": rooftop(sky=("#0d3a5c", "#2f8fb0", "#bfe9ee"), far="#2a6f8e", mid_="#1b4d68", floor="#dff2f6", win="#ffe9a8", weather="snow", sun=False),
    "snow-on": rooftop(sky=("#0d3a5c", "#2f8fb0", "#bfe9ee"), far="#2a6f8e", mid_="#1b4d68", floor="#dff2f6", win="#ffe9a8", weather="snow", sun=False, on=(1, 1, 1, 1)),
    "night": rooftop(**NIGHT, on=(1, 1, 1, 1)),
    "river": river(), "river-day": river(("#7fc4d9", "#cfe9e0", "#ffe9c2"), "#5fa8b5", "#3f7a62", "#ff8a5c", 5),
    "river-rose": river(("#5a2a5c", "#c95f7c", "#ffc49a"), "#7a3f6b", "#4a2650", "#fff0c0", 10),
    "river-storm": river(("#16211f", "#2f4a46", "#6f8a78"), "#1d3634", "#12221f", "#ffd27a", 3, "rain"),
    "river-gold": river(("#4a1d0e", "#c9661f", "#ffd76b"), "#8c4a1c", "#4a2412", "#fff2b0", 26),
}


@functools.lru_cache(maxsize=40)
def layers(name, blur):
    """The painted layers of a set as images, out of focus by `blur`."""
    out = []
    for i, (depth, paint) in enumerate(SETS[name][0], 1):
        s = skia.Surface(X1 - X0, Y1 - Y0)
        c = s.getCanvas()
        c.translate(-X0, -Y0)
        paint(c)
        if i == len(SETS[name][0]):  # a little dusk above and below
            for y0, y1 in ((0, 220), (H, 880)):
                c.drawRect(skia.Rect.MakeLTRB(X0, min(y0, y1) if y0 else Y0, X1, max(y0, y1) if not y0 else Y1),
                           ink(shader=linear((0, y0), (0, y1), [(0, "#05030c", 0.42), (1, "#05030c", 0)])))
        if blur:
            img, s = s.makeImageSnapshot(), skia.Surface(X1 - X0, Y1 - Y0)
            p = skia.Paint(ImageFilter=skia.ImageFilters.Blur(blur, blur, skia.TileMode.kClamp))
            s.getCanvas().drawImage(img, 0, 0, skia.SamplingOptions(), p)
        out.append((depth, s.makeImageSnapshot()))
    return out


def camera(c, cam, depth=1.0):
    x, y, z = cam
    c.translate(W / 2, H / 2)
    c.scale(1 + (z - 1) * (0.4 + 0.6 * depth), 1 + (z - 1) * (0.4 + 0.6 * depth))
    c.translate(-W / 2 - (x - W / 2) * depth, -H / 2 - (y - H / 2) * depth)


def _paint(c, name, cam, blur):
    for depth, img in layers(name, blur):
        c.save()
        camera(c, cam, depth)
        c.drawImage(img, X0, Y0, skia.SamplingOptions(skia.FilterMode.kLinear))
        c.restore()


@functools.lru_cache(maxsize=2)
def _still(name, cam, blur, size):
    s = skia.Surface(*size)
    s.getCanvas().scale(size[0] / W, size[1] / H)
    _paint(s.getCanvas(), name, cam, blur)
    return s.makeImageSnapshot()


def draw_set(c, name, t, cam, blur=0, size=None):
    """`size` is the size of the canvas when the camera stands still, so that the picture can be kept."""
    spec = SETS[name]
    behind = len(spec) > 2  # a live painter behind the walls, as in the train
    if behind:
        c.save()
        camera(c, cam, 0.6)
        spec[1](c, t)
        c.restore()
    if size and not behind:
        c.save()
        c.resetMatrix()
        c.drawImage(_still(name, cam, blur, size), 0, 0)
        c.restore()
    else:
        _paint(c, name, cam, blur)
    if spec[1] and not behind:
        c.save()
        camera(c, cam)
        spec[1](c, t)
        c.restore()
