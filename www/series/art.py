"""Vector drawing helpers and the people of the demo series (skia)."""
import functools
import math
import re

import skia

W, H = 720, 1280
FONTS = {
    "thin": "/usr/share/fonts/opentype/inter/InterDisplay-Light.otf",
    "bold": "/usr/share/fonts/opentype/inter/InterDisplay-Bold.otf",
    "serif": "/usr/share/fonts/truetype/noto/NotoSerifDisplay-Italic.ttf",
}


def col(h, a=1.0):
    """'#rrggbb' and an opacity to a skia colour."""
    v = int(h[1:7], 16)
    return skia.Color(v >> 16, v >> 8 & 255, v & 255, max(0, min(255, round(255 * a))))


def mix(h1, h2, k):
    a, b = int(h1[1:], 16), int(h2[1:], 16)
    return "#" + "".join(f"{round((a >> s & 255) * (1 - k) + (b >> s & 255) * k):02x}" for s in (16, 8, 0))


def ink(h="#000000", a=1.0, stroke=0, blur=0, blend=None, shader=None):
    p = skia.Paint(AntiAlias=True, Color=col(h, a))
    if stroke:
        p.setStyle(skia.Paint.kStroke_Style)
        p.setStrokeWidth(stroke)
        p.setStrokeCap(skia.Paint.kRound_Cap)
        p.setStrokeJoin(skia.Paint.kRound_Join)
    if blur:
        p.setMaskFilter(skia.MaskFilter.MakeBlur(skia.kNormal_BlurStyle, blur))
    if blend:
        p.setBlendMode(blend)
    if shader:
        p.setShader(shader)
        p.setAlphaf(a)
    return p


@functools.lru_cache(maxsize=4096)
def path(d):
    """A path from absolute 'M L C Q Z' letters, as in SVG."""
    p = skia.Path()
    for op, args in re.findall(r"([MLCQZ])([^MLCQZ]*)", d):
        v = [float(x) for x in re.findall(r"-?\d+\.?\d*(?:e-?\d+)?", args)]
        if op == "Z":
            p.close()
            continue
        step, fn = {"M": (2, p.moveTo), "L": (2, p.lineTo), "Q": (4, p.quadTo), "C": (6, p.cubicTo)}[op]
        for i in range(0, len(v), step):
            fn(*v[i:i + step])
    return p


def shape(c, d, h, a=1.0, **kw):
    c.drawPath(path(d), ink(h, a, **kw))


def rect(c, x, y, w, h, colour, a=1.0, r=0, **kw):
    c.drawRoundRect(skia.Rect.MakeXYWH(x, y, w, h), r, r, ink(colour, a, **kw))


def oval(c, x, y, rx, ry, colour, a=1.0, **kw):
    c.drawOval(skia.Rect.MakeLTRB(x - rx, y - ry, x + rx, y + ry), ink(colour, a, **kw))


def linear(p0, p1, stops):
    """A gradient; stops are (place, colour, opacity)."""
    return skia.GradientShader.MakeLinear(points=[p0, p1], colors=[col(h, a) for _, h, a in stops],
                                          positions=[s for s, _, _ in stops])


def glow(c, x, y, r, h, a=0.6, blend=skia.BlendMode.kScreen):
    sh = skia.GradientShader.MakeRadial(center=(x, y), radius=r, positions=[0, 0.35, 1],
                                        colors=[col(h, a), col(h, a * 0.4), col(h, 0)])
    c.drawCircle(x, y, r, skia.Paint(AntiAlias=True, Shader=sh, BlendMode=blend))


@functools.lru_cache(maxsize=64)
def font(name, size):
    return skia.Font(skia.Typeface.MakeFromFile(FONTS[name]), size)


def text(c, s, x, y, name, size, h, a=1.0, align=0, track=0, **kw):
    f = font(name, size)
    total = sum(f.measureText(ch) + track for ch in s) - track if track else f.measureText(s)
    x -= total * align
    if not track:
        c.drawString(s, x, y, f, ink(h, a, **kw))
        return
    for ch in s:
        c.drawString(ch, x, y, f, ink(h, a, **kw))
        x += f.measureText(ch) + track


def neon(c, s, x, y, name, size, h, on=1.0, align=0.5, track=0, core="#fff4fb"):
    """Neon lettering: dark tube when off, halo and pale core when on."""
    text(c, s, x, y, name, size, mix("#191420", h, 0.25), 1, align, track)
    if on > 0.02:
        for blur, a in ((size * 0.28, 0.55), (size * 0.1, 0.8), (size * 0.03, 1)):
            text(c, s, x, y, name, size, h, a * on, align, track, blur=blur)
        text(c, s, x, y, name, size, mix(h, core, 0.75), on, align, track)


# --------------------------------------------------------------------------- people
# skin, skin shade, hair, hair light, iris, lips, outfit
PEOPLE = {
    "mira": dict(skin="#f2c6a8", shade="#d4937c", hair="#241531", hair2="#5a2f63", iris="#5d3b2c", lips="#c2485a",
                 cut="bob", wear="trench", fem=True),
    "kai": dict(skin="#e9b892", shade="#c2845f", hair="#17161f", hair2="#3c4566", iris="#33424f", lips="#b06a58",
                cut="swept", wear="suit", fem=False),
    "twin": dict(skin="#e9b892", shade="#c2845f", hair="#17161f", hair2="#4a4456", iris="#33424f", lips="#b06a58",
                 cut="loose", wear="leather", fem=False, stubble=True, ring=True),
    "madame": dict(skin="#efcdb6", shade="#c7977f", hair="#c9c6d2", hair2="#f4f2f8", iris="#4a4f5c", lips="#9c2136",
                   cut="bun", wear="collar", fem=True, old=True, ring=True),
    "lena": dict(skin="#f6d3bb", shade="#da9e86", hair="#8e3420", hair2="#d9733f", iris="#3f6a55", lips="#c9323f",
                 cut="long", wear="dress", fem=True),
    "doctor": dict(skin="#b97f5a", shade="#8d5737", hair="#2b2526", hair2="#57504e", iris="#3a281d", lips="#8a4a3c",
                   cut="crop", wear="coat", fem=False, glasses=True),
    "aya": dict(skin="#f2c6a8", shade="#d4937c", hair="#2a1a24", hair2="#6d3f45", iris="#5d3b2c", lips="#c5554f",
                cut="long", wear="kimono", fem=True),
    "tomo": dict(skin="#d9a277", shade="#ae7350", hair="#33241d", hair2="#6a4a35", iris="#3f3123", lips="#a55f4c",
                 cut="loose", wear="work", fem=False),
}
# brow: inner height, outer height; eye: openness; smile: mouth corners
MOODS = {
    "calm": (0, 0, 0.9, 0.1), "cold": (4, -1, 0.74, -0.15), "sad": (-9, 4, 0.8, -0.5), "shock": (-12, -9, 1.18, -0.25),
    "angry": (10, -5, 0.84, -0.5), "warm": (-3, -1, 0.86, 0.75), "worry": (-10, 1, 0.98, -0.3), "sly": (2, -6, 0.72, 0.5),
}


WEAR = {"trench": "#c98a2f", "suit": "#1d2740", "leather": "#2c2529", "collar": "#8c1730", "dress": "#b3122e",
        "coat": "#eef3f2", "kimono": "#2f6f86", "work": "#6b4a35", "knit": "#e8dfe6", "white": "#e9e4ec"}


def _body(c, p, wear, br, back=False):
    f = p["fem"]
    w, y0 = (208, 226) if f else (262, 222)
    y0 += br
    outer = f"M -50 {y0-66} C -60 {y0-20} -{w*.8} {y0-4} -{w} {y0+62} C -{w+34} {y0+150} -{w+46} {y0+420} -{w+50} 1100 L {w+50} 1100 C {w+46} {y0+420} {w+34} {y0+150} {w} {y0+62} C {w*.8} {y0-4} 60 {y0-20} 50 {y0-66} Q 0 {y0+10} -50 {y0-66} Z"
    sk = p["skin"]
    arms = [f"M -{w-52} {y0+190} C -{w-40} {y0+300} -{w-44} {y0+420} -{w-40} 1100", f"M {w-52} {y0+190} C {w-40} {y0+300} {w-44} {y0+420} {w-40} 1100"]
    if wear == "gown":
        shape(c, outer, sk)
        shape(c, f"M -{w+6} {y0+92} C -120 {y0+70} -50 {y0+150} 0 {y0+118} C 50 {y0+150} 120 {y0+70} {w+6} {y0+92} L {w+60} 1100 L -{w+60} 1100 Z", "#fbf4f6")
        shape(c, f"M -{w+6} {y0+92} C -120 {y0+70} -50 {y0+150} 0 {y0+118} C 50 {y0+150} 120 {y0+70} {w+6} {y0+92}", "#e3cfd9", stroke=7)
        shape(c, f"M -40 {y0-14} C -10 {y0+18} 10 {y0+18} 40 {y0-14}", "#ffffff", 0.9, stroke=4)
        oval(c, 0, y0 + 16, 6, 8, "#ffd7e6")
        base, arms_c = None, "#e3cfd9"
    else:
        base = WEAR[wear]
        shape(c, outer, base)
        dark, lite = mix(base, "#000000", 0.28), mix(base, "#ffffff", 0.16)
        arms_c = dark
        if back:
            wear = None
            shape(c, f"M -58 {y0-70} Q 0 {y0-6} 58 {y0-70} L 66 {y0-40} Q 0 {y0+30} -66 {y0-40} Z", lite)
        if wear == "trench":
            shape(c, f"M -44 {y0-50} L 0 {y0+120} L 44 {y0-50} Z", sk)
            shape(c, f"M -62 {y0-30} L 0 {y0+190} L 62 {y0-30} L 34 {y0-20} L 0 {y0+96} L -34 {y0-20} Z", "#f3ead8")
            shape(c, f"M -56 {y0-62} C -110 {y0-20} -118 {y0+40} -104 {y0+88} L -62 {y0+100} L 0 {y0+250} C -20 {y0+140} -50 {y0+40} -56 {y0-62} Z", lite)
            shape(c, f"M 56 {y0-62} C 110 {y0-20} 118 {y0+40} 104 {y0+88} L 62 {y0+100} L 0 {y0+250} C 20 {y0+140} 50 {y0+40} 56 {y0-62} Z", mix(base, "#ffffff", 0.08))
            shape(c, f"M 0 {y0+250} L 8 1100", dark, stroke=4)
            for yy in (300, 420):
                oval(c, 42, y0 + yy, 9, 9, dark)
                oval(c, -36, y0 + yy, 9, 9, dark)
        elif wear == "suit":
            shape(c, f"M -54 {y0-56} L 0 {y0+290} L 54 {y0-56} Z", "#e9ecf4")
            shape(c, f"M -14 {y0-16} L 14 {y0-16} L 22 {y0+14} L 30 {y0+250} L 0 {y0+292} L -30 {y0+250} L -22 {y0+14} Z", "#6d1534")
            shape(c, f"M -56 {y0-70} L -62 {y0-16} L -20 {y0+20} L 0 {y0-22} L 20 {y0+20} L 62 {y0-16} L 56 {y0-70} L 0 {y0-22} Z", "#ffffff")
            shape(c, f"M -60 {y0-34} C -96 {y0} -112 {y0+50} -112 {y0+84} L -70 {y0+96} L -92 {y0+126} L 0 {y0+330} C -18 {y0+180} -48 {y0+60} -60 {y0-34} Z", lite)
            shape(c, f"M 60 {y0-34} C 96 {y0} 112 {y0+50} 112 {y0+84} L 70 {y0+96} L 92 {y0+126} L 0 {y0+330} C 18 {y0+180} 48 {y0+60} 60 {y0-34} Z", mix(base, "#ffffff", 0.09))
            shape(c, f"M 140 {y0+190} L 186 {y0+176} L 178 {y0+196} L 142 {y0+204} Z", "#e9ecf4")
        elif wear in ("leather", "work"):
            shape(c, f"M -56 {y0-56} L -34 {y0+420} L 34 {y0+420} L 56 {y0-56} Z", "#d7d3cf" if wear == "leather" else "#cdbb98")
            shape(c, f"M -52 {y0-54} Q 0 {y0+30} 52 {y0-54} L 44 {y0-64} Q 0 {y0+8} -44 {y0-64} Z", "#b9b4b2")
            for s in (-1, 1):
                shape(c, f"M {s*54} {y0-64} C {s*120} {y0-24} {s*128} {y0+50} {s*106} {y0+110} L {s*50} {y0+170} L {s*44} 1100 L {s*24} 1100 L {s*26} {y0+150} C {s*60} {y0+60} {s*66} {y0} {s*54} {y0-64} Z", lite)
                shape(c, f"M {s*150} {y0+120} L {s*120} {y0+230}", dark, stroke=4)
        elif wear == "collar":
            shape(c, f"M -58 {y0-88} C -70 {y0-40} -70 {y0} -64 {y0+24} Q 0 {y0+70} 64 {y0+24} C 70 {y0} 70 {y0-40} 58 {y0-88} Q 0 {y0-40} -58 {y0-88} Z", lite)
            shape(c, f"M 0 {y0+44} C 40 {y0+70} 110 {y0+90} 176 {y0+220}", "#e7b65c", stroke=5)
            for i in range(3):
                oval(c, 4 + i * 56, y0 + 52 + i * i * 12 + i * 12, 9, 9, "#f3d489")
            for i in range(-5, 6):
                oval(c, i * 17, y0 + 92 - i * i * 3.2, 9, 9, "#fbf3ea")
        elif wear == "dress":
            shape(c, f"M -58 {y0-60} C -90 {y0-20} -120 {y0+10} -100 {y0+60} L 0 {y0+210} L 100 {y0+60} C 120 {y0+10} 90 {y0-20} 58 {y0-60} Z", sk)
            shape(c, f"M -108 {y0+14} L 0 {y0+214} L 108 {y0+14}", lite, stroke=14)
            shape(c, f"M -42 {y0-10} L 0 {y0+70} L 42 {y0-10}", "#f0c873", stroke=3)
            oval(c, 0, y0 + 74, 7, 9, "#f0c873")
        elif wear == "coat":
            shape(c, f"M -54 {y0-56} L 0 {y0+260} L 54 {y0-56} Z", "#7fb7c4")
            for s in (-1, 1):
                shape(c, f"M {s*58} {y0-60} L {s*108} {y0+60} L {s*64} {y0+90} L 0 {y0+300} C {s*20} {y0+160} {s*50} {y0+40} {s*58} {y0-60} Z", "#ffffff")
            shape(c, f"M -74 {y0-20} C -96 {y0+150} -60 {y0+210} -40 {y0+240}", "#31434c", stroke=8)
            shape(c, f"M 74 {y0-20} C 96 {y0+130} 88 {y0+190} 80 {y0+260}", "#31434c", stroke=8)
        elif wear == "kimono":
            shape(c, f"M -50 {y0-60} L 20 {y0+160} L 56 {y0-60} Z", sk)
            shape(c, f"M 66 {y0-56} L -40 {y0+330} L -86 {y0+330} L 40 {y0-56} Z", "#f4ede0")
            shape(c, f"M -70 {y0-58} L 60 {y0+330} L 8 {y0+340} L -92 {y0-30} Z", "#f4ede0")
            rect(c, -w - 40, y0 + 330, 2 * w + 80, 150, "#c8663a")
        elif wear == "knit":
            shape(c, f"M -66 {y0-80} C -84 {y0-30} -80 {y0+10} -70 {y0+24} Q 0 {y0+70} 70 {y0+24} C 80 {y0+10} 84 {y0-30} 66 {y0-80} Q 0 {y0-30} -66 {y0-80} Z", lite)
        elif wear == "white":
            shape(c, f"M -54 {y0-56} L 0 {y0+150} L 54 {y0-56} Z", sk)
            for s in (-1, 1):
                shape(c, f"M {s*56} {y0-66} L {s*92} {y0+30} L {s*34} {y0+80} L 0 {y0+154} Z", "#ffffff")
    for d in arms:
        shape(c, d, arms_c, 0.8, stroke=5)


def _hair_back(c, p, tn):
    h, cut = p["hair"], p["cut"]
    if cut == "bob":
        shape(c, "M -6 -158 C -110 -164 -142 -70 -134 20 C -132 84 -140 118 -124 150 C -92 166 92 166 122 150 C 138 118 132 84 132 20 C 138 -80 104 -158 -6 -158 Z", h)
    elif cut == "long":
        shape(c, "M 0 -160 C -120 -162 -146 -60 -138 30 C -134 130 -188 210 -172 330 C -160 420 -120 430 -100 400 L -60 120 L 60 120 L 100 400 C 124 432 164 410 174 330 C 188 200 134 130 138 30 C 146 -70 112 -160 0 -160 Z", h)
    elif cut == "bun":
        oval(c, -tn * 26, -168, 68, 58, h)
        shape(c, f"M {-tn*26-50} -180 C {-tn*26-20} -212 {-tn*26+30} -206 {-tn*26+48} -176", p["hair2"], stroke=6)
        shape(c, "M 0 -150 C -110 -150 -126 -60 -100 20 L -60 60 L 60 60 L 100 20 C 126 -60 110 -150 0 -150 Z", h)
    else:
        shape(c, "M 0 -140 C -100 -140 -116 -60 -98 20 L -70 60 L 70 60 L 98 20 C 116 -60 100 -140 0 -140 Z", h)


def _hair_front(c, p, tn):
    h, h2, cut = p["hair"], p["hair2"], p["cut"]
    d = tn * 16
    if cut == "bob":
        shape(c, f"M {40+d} -140 C {-20+d} -120 {-72+d} -70 -86 -6 C -92 40 -96 90 -84 136 C -128 150 -134 110 -130 20 C -138 -80 -90 -166 {10+d} -158 C 100 -150 140 -70 130 20 C 134 100 128 140 90 140 C 102 90 98 40 92 0 C 84 -60 {70+d} -104 {40+d} -140 Z", h)
        shape(c, f"M {24+d} -140 C -60 -120 -112 -60 -112 30", h2, 0.9, stroke=9)
        shape(c, f"M {62+d} -122 C 104 -84 112 -30 112 40", h2, 0.7, stroke=6)
    elif cut == "long":
        shape(c, f"M {-30+d} -142 C {20+d} -110 {80+d} -60 90 10 C 98 80 110 150 128 220 C 160 150 140 60 134 -10 C 130 -120 70 -166 -6 -160 C -100 -156 -140 -80 -134 10 C -132 90 -160 160 -136 240 C -106 170 -96 80 -90 6 C -82 -60 {-60+d} -110 {-30+d} -142 Z", h)
        shape(c, f"M {0+d} -138 C 70 -104 112 -40 114 60", h2, 0.9, stroke=9)
        shape(c, f"M {-52+d} -126 C -102 -80 -116 -20 -116 70", h2, 0.7, stroke=7)
        shape(c, "M 134 130 C 150 220 140 300 150 360", h2, 0.7, stroke=7)
        shape(c, "M -140 150 C -156 230 -142 290 -146 350", h2, 0.7, stroke=7)
    elif cut == "bun":
        shape(c, f"M {d} -112 C -70 -104 -88 -50 -94 6 C -126 -40 -114 -152 0 -152 C 114 -152 126 -40 94 6 C 88 -50 70 -104 {d} -112 Z", h)
        for k in (-70, -30, 30, 70):
            shape(c, f"M {d+k*.3} -114 C {k} -124 {k*1.3} -100 {k*1.36} -50", h2, 0.8, stroke=4)
    elif cut == "crop":
        shape(c, "M -98 -14 C -104 -60 -86 -84 -62 -92 C -20 -80 40 -84 66 -92 C 88 -82 104 -60 98 -14 C 122 -70 110 -148 0 -150 C -110 -148 -122 -70 -98 -14 Z", h)
        shape(c, "M -70 -122 C -30 -138 30 -138 70 -122", h2, stroke=7)
    else:
        side = "M -98 20 C -104 -30 -98 -52 -84 -76" if cut == "swept" else "M -98 30 C -106 -20 -100 -40 -90 -60"
        tips = (f"C {-40+d} -66 {10+d} -72 {48+d} -98 C {66+d} -88 84 -70 88 -52" if cut == "swept" else
                f"L {-64+d} -40 L {-52+d} -84 L {-24+d} -34 L {-4+d} -82 L {30+d} -44 L {40+d} -88 L {70+d} -52 L 84 -72")
        shape(c, f"{side} {tips} C 100 -40 104 -20 98 20 C 126 -40 128 -110 84 -146 C 60 -176 -30 -190 -78 -158 C -124 -136 -124 -50 -98 20 Z", h)
        shape(c, "M -82 -112 C -50 -150 10 -162 60 -138", h2, 0.9, stroke=9)
        shape(c, "M -60 -92 C -30 -118 20 -124 64 -108", h2, 0.6, stroke=6)


def _eye(c, p, x, y, side, far, opn, look, brow):
    c.save()
    c.translate(x, y)
    c.scale(0.88 if far else 1, 1)
    lash, s = "#1c1018", side
    if opn < 0.16:
        shape(c, f"M {-s*25} 3 Q 0 13 {s*25} 0", lash, stroke=5)
    else:
        t, b = -15 * opn, 11 * min(1, opn)
        almond = f"M {-s*24} 4 C {-s*14} {t} {s*10} {t-1:.2f} {s*25} -3 C {s*16} {b} {-s*12} {b+1:.2f} {-s*24} 4 Z"
        shape(c, almond, "#f8f0ea")
        c.save()
        c.clipPath(path(almond), True)
        lx = look[0] * 9
        ly = look[1] * 5 - 2
        oval(c, lx, ly, 12.5, 13, p["iris"])
        oval(c, lx, ly, 12.5, 13, mix(p["iris"], "#000000", 0.5), stroke=2.4)
        oval(c, lx, ly, 6, 6.4, "#120b10")
        rect(c, -30, t - 4, 60, 8, "#6d4a4a", 0.35)
        c.restore()
        oval(c, lx + 4, ly - 5, 3.6, 3.6, "#ffffff")
        wing = f"L {s*33} -9" if p["fem"] else ""
        shape(c, f"M {-s*24} 4 C {-s*14} {t} {s*10} {t-1:.2f} {s*25} -3 {wing}", lash, stroke=5 if p["fem"] else 4)
        shape(c, f"M {-s*18} {t-5:.2f} C {-s*8} {t-11:.2f} {s*10} {t-11:.2f} {s*24} {t+2:.2f}", p["shade"], 0.9, stroke=2.5)
    inner, outer = brow
    yb, th = -37, 4 if p["fem"] else 7
    shape(c, f"M {-s*25} {yb+inner} C {-s*8} {yb-9+inner*.4} {s*12} {yb-11+outer} {s*33} {yb+3+outer} C {s*12} {yb-3+outer+th*.2} {-s*6} {yb+th+inner*.4} {-s*26} {yb+th+4+inner} Z",
          mix(p["hair"], "#4a3a3a", 0.35 if p.get("old") else 0.1))
    c.restore()


def person(c, who, t, turn=0.3, look=None, mood="calm", talk=0.0, wear=None, veil=False, back=False, tilt=0, blink=True, seed=0, clutch=False):
    """A bust, head centred at 0,0 with a head some 200 units wide."""
    p = PEOPLE[who]
    br = math.sin(t * 1.7 + seed) * 2.5
    tn = turn + math.sin(t * 0.8 + seed * 2) * 0.05
    bi, bo, opn, smile = MOODS[mood]
    if blink:
        ph = (t + seed * 1.37) % 3.1
        opn *= 1 if ph > 0.22 or t < 0.3 else abs(ph - 0.11) / 0.11
    look = look or (tn * 0.8, 0)
    nod = math.sin(t * 5.1 + seed) * 2.2 * min(1, talk * 2)
    wear = wear or p["wear"]
    head = lambda: (c.save(), c.translate(0, br * 0.5 + nod), c.rotate(tilt + math.sin(t * 0.9 + seed) * 0.7))
    if veil:
        shape(c, "M 0 -176 C -190 -170 -230 160 -290 560 L -260 1100 L 260 1100 L 290 560 C 230 160 190 -170 0 -176 Z", "#fdf3f7", 0.5)
    head()
    _hair_back(c, p, tn)
    c.restore()
    sk, sh = p["skin"], p["shade"]
    f = p["fem"]
    nw = 46 if f else 62
    if not back:
        shape(c, f"M {-nw} 80 L {-nw-4} 210 C -30 260 30 260 {nw+4} 210 L {nw} 80 Z", sk)
    if back:
        shape(c, f"M {-nw} 60 L {-nw-6} 200 L {nw+6} 200 L {nw} 60 Z", sh)
    _body(c, p, wear, br, back)
    if back:
        head()
        _hair_back(c, p, 0)
        oval(c, 0, -20, 112, 128, p["hair"])
        shape(c, "M -60 -110 C -20 -134 40 -130 70 -96", p["hair2"], 0.6, stroke=9)
        c.restore()
        return
    c.save()
    shape(c, f"M {-nw} 96 L {-nw} 150 C -20 196 30 190 {nw} 140 L {nw} 96 Z", sh, 0.85)
    c.restore()
    head()
    jx, ch = tn * 15, 0 if f else 8
    for s in (-1, 1):  # ears
        if s * tn < 0.55 and p["cut"] not in ("bob", "long"):
            oval(c, s * 97 - tn * 8, 14, 15, 27, sh)
            oval(c, s * 95 - tn * 8, 14, 11, 22, sk)
            if p.get("ring"):
                oval(c, s * 99 - tn * 8, 46, 7, 8, "#f5eadb" if p["cut"] == "bun" else "#cfd6e6")
    jw = 76 if f else 88
    shape(c, f"M {-94+tn*4} -30 C {-97+tn*4} 40 {-jw+jx*.6} {92+ch} {-36+jx} {130+ch} Q {jx} {150+ch*1.5} {36+jx} {130+ch} C {jw+jx*.6} {92+ch} {97+tn*4} 40 {94+tn*4} -30 C 92 -128 -92 -128 {-94+tn*4} -30 Z", sk)
    if p.get("stubble"):
        shape(c, f"M {-84+tn*4} 56 C {-80} 96 {-60+jx} {120+ch} {-36+jx} {130+ch} Q {jx} {150+ch*1.5} {36+jx} {130+ch} C {60+jx} {120+ch} 82 96 {84+tn*4} 56 C 60 92 44 72 {jx} 70 C -44 72 -60 92 {-84+tn*4} 56 Z", "#5a4038", 0.22)
    fx = tn * 20
    far = -1 if tn > 0 else 1
    for s in (-1, 1):
        if p["fem"]:
            oval(c, s * 56 + fx * 0.8, 52, 22, 13, "#e5746e", 0.22, blur=7)
    shape(c, f"M {fx*1.5+8*(1 if tn>=0 else -1)} 18 Q {fx*1.9+15*(1 if tn>=0 else -1)} 44 {fx*1.8+10*(1 if tn>=0 else -1)} 53 Q {fx*1.6} 60 {fx*1.3-9*(1 if tn>=0 else -1)} 55", sh, stroke=4.5)
    for s in (-1, 1):
        _eye(c, p, s * 43 + fx * (0.85 if s == -far else 1.05), 4, s, s == -far and abs(tn) > 0.2, opn, look, (bi, bo))
    if p.get("glasses"):
        for s in (-1, 1):
            rect(c, s * 43 + fx - 34, -20, 68, 48, "#20282c", r=16, stroke=5)
        shape(c, f"M {fx-10} -2 Q {fx} -8 {fx+10} -2", "#20282c", stroke=5)
    if p.get("old"):
        for s in (-1, 1):
            shape(c, f"M {s*34+fx} 64 Q {s*46+fx} 78 {s*42+fx*.9} 96", sh, 0.8, stroke=3)
            shape(c, f"M {s*30+fx} 26 Q {s*44+fx} 33 {s*60+fx} 25", sh, 0.7, stroke=2.5)
    mx, my, mw = fx * 1.2, 94 + ch * 0.6, 25 if f else 28
    up = -smile * 8
    lips, m = p["lips"], talk
    if m > 0.08:
        w2, hgt = mw - 5 * m, 3 + 20 * m
        mouth = f"M {mx-w2} {my+up*.6} Q {mx} {my-6-3*m+up*.2} {mx+w2} {my+up*.6} Q {mx} {my+hgt*1.5+up*.2} {mx-w2} {my+up*.6} Z"
        shape(c, mouth, "#571a26")
        c.save()
        c.clipPath(path(mouth), True)
        rect(c, mx - 16, my - 9, 32, 9, "#f7efe9", r=4)
        oval(c, mx, my + hgt, 13, 7, "#c2525c")
        c.restore()
        shape(c, mouth, lips, stroke=5.5 if f else 3)
    elif f:
        shape(c, f"M {mx-mw} {my+up} C {mx-12} {my-7+up*.3} {mx-6} {my-9} {mx} {my-5} C {mx+6} {my-9} {mx+12} {my-7+up*.3} {mx+mw} {my+up} C {mx+12} {my+13-up*.3} {mx-12} {my+13-up*.3} {mx-mw} {my+up} Z", lips)
        shape(c, f"M {mx-mw} {my+up} Q {mx} {my+2-up*.8} {mx+mw} {my+up}", mix(lips, "#30101c", 0.5), stroke=3)
    else:
        shape(c, f"M {mx-mw} {my+up} Q {mx} {my+3-up} {mx+mw} {my+up}", mix(lips, "#401a18", 0.45), stroke=5)
        shape(c, f"M {mx-11} {my+15} Q {mx} {my+19} {mx+11} {my+15}", sh, stroke=4)
    _hair_front(c, p, tn)
    c.restore()
    if clutch:
        sleeve = mix(WEAR[wear], "#ffffff", 0.14) if wear in WEAR else sk
        hand(c, 0, 322 + br * 2 - talk * 8, 0.84, sk, sh, sleeve)
    if veil:
        shape(c, "M -40 -172 C -170 -140 -176 60 -250 400 L -170 420 C -128 160 -150 -40 -90 -128 Z", "#ffffff", 0.45)
        shape(c, "M 40 -172 C 170 -140 176 60 250 400 L 170 420 C 128 160 150 -40 90 -128 Z", "#ffffff", 0.45)
        for i in range(-4, 5):
            oval(c, i * 24, -152 + i * i * 2.6, 12, 11, "#fff7fa")
            oval(c, i * 24, -152 + i * i * 2.6, 5, 5, "#f2b8cd")


def hand(c, x, y, s=1.0, skin="#f2c6a8", shade="#d4937c", sleeve="#c98a2f", flip=1, scar=False):
    """A fist coming in from below right, thumb and finger meeting at x, y."""
    c.save()
    c.translate(x, y)
    c.scale(s * flip, s)
    shape(c, "M 96 120 L 260 640 L 470 560 L 220 60 Z", sleeve)
    shape(c, "M 84 128 L 104 176 L 244 106 L 226 50 Z", mix(sleeve, "#ffffff", 0.25))
    shape(c, "M 6 -6 C 40 -40 110 -60 160 -30 C 220 0 240 60 216 104 C 190 146 120 160 90 126 C 60 110 40 90 52 66 Z", skin)
    shape(c, "M 0 0 C 30 -22 70 -26 104 -8 C 118 2 112 22 94 22 C 60 18 34 26 12 20 Z", skin)
    shape(c, "M 12 20 C 34 26 60 18 94 22 C 112 22 118 2 104 -8", shade, stroke=4)
    shape(c, "M 16 24 C 30 50 56 66 84 60 M 40 70 C 60 92 86 96 108 88 M 68 108 C 90 120 112 118 128 110", shade, stroke=5)
    shape(c, "M 104 -34 C 140 -40 176 -16 190 10", shade, 0.5, stroke=4)
    if scar:
        shape(c, "M 120 -22 C 140 0 150 30 146 62 L 162 58 C 168 26 156 -6 138 -26 Z M 160 -10 C 176 10 184 34 180 54 L 190 50 C 192 28 182 6 170 -10 Z", "#b5503c")
    c.restore()


def lit(c, draw, x, y, s, light, plain=False):
    """Draws `draw` at x, y, s with (left colour, right colour, shade colour, shade amount)."""
    rec = skia.PictureRecorder()
    rc = rec.beginRecording(skia.Rect.MakeLTRB(-500, -400, 500, 1200))
    draw(rc)
    pic = rec.finishRecordingAsPicture()
    left, right, dark, amount = light
    top = skia.BlendMode.kSrcATop
    c.save()
    c.translate(x, y)
    c.scale(s, s)
    area = skia.Rect.MakeLTRB(-330, -250, 330, 1000)
    for h, dx in ((right, 6),) if plain else ((left, -6), (right, 6)):  # rim light: coloured outlines behind the figure
        c.save()
        c.translate(dx, -2)
        c.saveLayer(area, skia.Paint(ColorFilter=skia.ColorFilters.Blend(col(mix(h, "#ffffff", 0.25)), skia.BlendMode.kSrcIn)))
        c.drawPicture(pic)
        c.restore()
        c.restore()
    c.saveLayer(area)
    c.drawPicture(pic)
    c.drawRect(area, ink(dark, amount, blend=top))
    if not plain:
        for h, x1 in ((left, -260), (right, 260)):
            c.drawRect(skia.Rect.MakeLTRB(min(x1 * 0.12, x1 * 1.3), -250, max(x1 * 0.12, x1 * 1.3), 1000),
                       ink(blend=top, shader=linear((x1, 0), (x1 * 0.12, 0), [(0, h, 0.55), (1, h, 0)])))
        c.drawRect(skia.Rect.MakeLTRB(-330, 380, 330, 1000), ink(blend=top, shader=linear((0, 380), (0, 800), [(0, dark, 0), (1, dark, 0.6)])))
    c.restore()
    c.restore()


def figure(c, who, x, y, h, wear="#c98a2f", hair=None, veil=False, legs=True, halo=None):
    """A small standing figure seen from behind; y is the ground."""
    p = PEOPLE[who]
    hair = hair or p["hair"]
    c.save()
    c.translate(x, y)
    c.scale(h / 400, h / 400)
    if halo:
        glow(c, 0, -240, 330, halo, 0.75)
    if legs:
        shape(c, "M -38 -150 L -30 0 L -8 0 L -2 -150 Z M 38 -150 L 30 0 L 8 0 L 2 -150 Z", "#17141d")
    shape(c, "M -20 -330 C -60 -320 -70 -290 -72 -240 C -78 -190 -80 -160 -74 -130 L -50 -130 L -58 -90 L 58 -90 L 50 -130 L 74 -130 C 80 -160 78 -190 72 -240 C 70 -290 60 -320 20 -330 Z"
          if legs else "M -20 -330 C -60 -320 -66 -290 -68 -240 L -58 -180 L -130 0 L 130 0 L 58 -180 L 68 -240 C 66 -290 60 -320 20 -330 Z", wear)
    shape(c, "M 0 -320 L 0 -92", mix(wear, "#000000", 0.3), stroke=3)
    oval(c, 0, -362, 34, 40, hair)
    if p["cut"] in ("bob", "long"):
        shape(c, f"M -38 -370 C -44 -330 -40 -316 -36 -{'306' if p['cut']=='bob' else '240'} L 36 -{'306' if p['cut']=='bob' else '240'} C 40 -316 44 -330 38 -370 Z", hair)
    if veil:
        shape(c, "M 0 -404 C -60 -390 -80 -200 -110 -20 L 110 -20 C 80 -200 60 -390 0 -404 Z", "#ffffff", 0.5)
    c.restore()
