#!/usr/bin/env python3
"""Draws and encodes the demo series: every picture and every sound comes from this folder, so they are free of rights.

Needs: Python 3.10+, `pip install skia-python numpy`; ffmpeg with libx264, espeak-ng; the fonts of Debian's
fonts-inter and fonts-noto-core (`apt install ffmpeg espeak-ng fonts-inter fonts-noto-core`).

    python3 www/series/draw.py                     both series, all episodes (a few minutes on two cores)
    python3 www/series/draw.py neon-vows 1 5       only these episodes; the manifest is always rewritten
    python3 www/series/draw.py --frames out/ neon-vows 3     still frames for a look, nothing encoded

story.py has the plots, scenes.py the sets, art.py the people, sound.py what is heard.
"""
import functools
import json
import multiprocessing
import pathlib
import subprocess
import sys
import tempfile
import wave

import numpy as np
import skia

import sound
import story
from art import H, W, col, figure, ink, linear, lit, mix, neon, person, text
from scenes import INSERTS, camera, draw_set

HERE = pathlib.Path(__file__).resolve().parent
STING = 2.0  # seconds of frozen picture at the end of an episode


# --------------------------------------------------------------------------- timeline
def timeline(series, ep):
    """When each shot starts and who speaks when."""
    fps, t = series["fps"], 0.0
    shots, voices, effects, cues, amb = [], [], [], [], []
    for i, sh in enumerate(ep["shots"]):
        start, t, spoken = t, t + (0.75 if i == 0 else 0.35), []
        for line in sh["say"]:
            who, en, es = line[:3]
            if who:
                x = sound.voice(en, story.VOICES[who])
                d = len(x) / sound.SR
                voices.append((t, x))
                spoken.append((who, t, x))
            else:
                d = 1.1
                effects.append((t, line[3]))
            cues.append((t, t + max(d + 0.25, 1.1), en, es))
            t += d + 0.3
        t = max(t + 0.15, start + sh["least"])
        if i == len(ep["shots"]) - 1:
            freeze = round(t * fps) / fps
            t = freeze + STING
        t = round(t * fps) / fps
        shots.append(dict(sh, start=start, end=t, spoken=spoken))
        amb.append((start, t, story.AMBIENCE.get(sh["place"])))
    for i in range(len(cues) - 1):  # a cue ends where the next begins
        a, b, en, es = cues[i]
        cues[i] = (a, min(b, cues[i + 1][0] - 0.04), en, es)
    return dict(shots=shots, voices=voices, effects=effects, ambience=amb, cues=cues, freeze=freeze, secs=t, frames=round(t * fps))


def loudness(x, at, fps):
    """How open a speaking mouth is."""
    i = int(at * sound.SR)
    part = x[max(0, i):i + sound.SR // fps]
    return float(min(1, np.sqrt(np.mean(part * part)) / 0.16)) if len(part) and i >= 0 else 0.0


# --------------------------------------------------------------------------- one frame
def draw_cast(c, sh, t, cam, fps, light):
    for i, a in enumerate(sh["cast"]):
        c.save()
        camera(c, cam, 1.12)
        if "figure" in a:
            figure(c, a["figure"], a["x"], a["y"], a["h"], **a["kw"])
        else:
            kw = {k: v for k, v in a.items() if k not in ("who", "x", "y", "s")}
            talk = max([loudness(x, t - at, fps) for who, at, x in sh["spoken"] if who == a["who"] and t >= at] or [0])
            lt = light
            if a.get("back"):
                lt = (light[0], light[1], light[2], 0.62)
            lit(c, lambda k: person(k, a["who"], t - sh["start"] + i, talk=talk, seed=i * 2.1 + len(a["who"]), **kw), a["x"], a["y"], a["s"], lt, "back" in a)
        c.restore()


def title_card(c, series, n, title, alpha, big=False):
    if alpha <= 0:
        return
    c.saveLayerAlpha(skia.Rect.MakeWH(W, H), round(255 * alpha))
    c.drawRect(skia.Rect.MakeXYWH(0, 600, W, 680), ink(shader=linear((0, 600), (0, H), [(0, "#07040f", 0), (0.3, "#07040f", 0.34), (0.45, "#07040f", 0.4), (1, "#07040f", 0.25)])))
    text(c, series["title"].upper(), W / 2, 776, "bold", 25, mix(series["accent"], "#ffffff", 0.5), 1, 0.5, 11)
    for blur, a in ((9, 0.8), (0, 1)):
        text(c, title, W / 2, 856, "serif", 78, "#000000" if blur else "#fff8f2", a, 0.5, blur=blur)
    text(c, f"EPISODE {n}", W / 2, 900, "thin", 23, "#ffffff", 0.85, 0.5, 7)
    c.restore()


def frame(c, series, ep, n, plan, t, title=True):
    frozen = t >= plan["freeze"]
    art_t = min(t, plan["freeze"])
    sh = next((s for s in plan["shots"] if s["start"] <= art_t < s["end"]), plan["shots"][-1])
    u = (art_t - sh["start"]) / max(0.1, min(sh["end"], plan["freeze"]) - sh["start"])
    cam = tuple(a + (b - a) * u for a, b in zip(*sh["cam"]))
    if frozen:
        k = 1 - (1 - min(1, (t - plan["freeze"]) / 0.45)) ** 3
        cam = (cam[0], cam[1] - 20 * k, cam[2] + 0.14 * k + 0.012 * (t - plan["freeze"]))
    light = story.LIGHT[sh["place"]]
    c.save()
    draw_set(c, sh["place"], art_t - sh["start"] + 1, cam, sh["blur"], series["size"] if sh["cam"][0] == sh["cam"][1] and not frozen else None)
    dark = 0.0
    if sh.get("dark"):
        off = [at for at, kind in plan["effects"] if sh["start"] <= at < sh["end"]][0]
        dark = 1.0 if art_t >= off else 0.0
        if dark:
            light = ("#4f6bff", "#8f4fff", "#07051a", 0.5)
            c.drawRect(skia.Rect.MakeWH(W, H), ink("#0d0a2c", 0.8))
    draw_cast(c, sh, art_t, cam, series["fps"], light)
    if sh.get("pillar"):  # somebody listens behind a pillar
        c.save()
        camera(c, cam, 1.3)
        c.drawRect(skia.Rect.MakeXYWH(-160, -200, 330, 1800), ink(shader=linear((-160, 0), (170, 0), [(0, "#2a1606", 1), (0.7, "#8a6420", 1), (1, "#3a2409", 1)])))
        c.restore()
    if sh["insert"]:
        name, kw = sh["insert"]
        c.save()
        camera(c, cam, 1.1)
        INSERTS[name](c, art_t - sh["start"], **kw)
        c.restore()
    c.restore()
    if frozen:
        dt = t - plan["freeze"]
        k = min(1, dt / 0.4)
        edge = skia.GradientShader.MakeRadial(center=(W / 2, 540), radius=820, positions=[0.3, 1],
                                              colors=[col("#14020f", 0), col("#14020f", 0.82 * k)])
        c.drawRect(skia.Rect.MakeWH(W, H), skia.Paint(Shader=edge))
        if dt < 0.17:
            c.drawRect(skia.Rect.MakeWH(W, H), ink("#ffffff", 0.7 * (1 - dt / 0.17)))
    if title:
        title_card(c, series, n, ep["title"], 1 if t < 1.9 else 1 - (t - 1.9) / 0.5)


def surface(series):
    w, h = series["size"]
    s = skia.Surface(w, h)
    s.getCanvas().scale(w / W, h / H)
    return s


def cover(series):
    """The poster of the series."""
    s, spec = surface(series), series["cover"]
    c = s.getCanvas()
    draw_set(c, spec["place"], 2.2, (360, 640, 1.06), 3)
    for i, a in enumerate(spec["cast"]):
        kw = {k: v for k, v in a.items() if k not in ("who", "x", "y", "s")}
        lit(c, lambda k: person(k, a["who"], 0.1 + i, blink=False, **kw), a["x"], a["y"], a["s"], story.LIGHT[spec["place"]])
    c.drawRect(skia.Rect.MakeXYWH(0, 700, W, 580), ink(shader=linear((0, 700), (0, 1120), [(0, "#07040f", 0), (1, "#07040f", 0.86)])))
    a, b = series["logo"]
    text(c, a, W / 2, 950, "thin", 84, "#ffffff", 1, 0.5, 30)
    neon(c, b, W / 2, 1085, "serif", 150, series["accent"], 1)
    return s


def jpeg(s, dest, size, limit):
    img = s.makeImageSnapshot().resize(*size, skia.SamplingOptions(skia.FilterMode.kLinear, skia.MipmapMode.kLinear))
    for q in range(86, 40, -4):
        data = img.encodeToData(skia.kJPEG, q)
        if data.size() < limit:
            break
    dest.write_bytes(bytes(data))


# --------------------------------------------------------------------------- files
def stamp(t):
    ms = round(t * 1000)
    return f"{ms // 3600000:02d}:{ms // 60000 % 60:02d}:{ms // 1000 % 60:02d}.{ms % 1000:03d}"


def write_captions(folder, eid, cues):
    for lang, i in (("en", 2), ("es", 3)):
        body = "\n".join(f"{stamp(q[0])} --> {stamp(q[1])}\n{q[i]}\n" for q in cues)
        (folder / f"{eid}.{lang}.vtt").write_text("WEBVTT\n\n" + body, encoding="utf-8")


def write_sound(dest, x):
    """Mono 16 bit at -20 LUFS, peaks below -1.5 dB."""
    def save(y):
        with wave.open(str(dest), "wb") as w:
            w.setnchannels(1)
            w.setsampwidth(2)
            w.setframerate(sound.SR)
            w.writeframes((np.clip(y, -1, 1) * 32767).astype("<i2").tobytes())
    save(x)
    log = subprocess.run(["ffmpeg", "-nostdin", "-hide_banner", "-i", str(dest), "-af", "ebur128", "-f", "null", "-"], capture_output=True, text=True).stderr
    measured = float(log.rsplit("I:", 1)[1].split("LUFS")[0])
    y = x * 10 ** ((-20 - measured) / 20)
    lim = 0.8
    save(np.where(np.abs(y) > lim * 0.7, np.sign(y) * (lim * 0.7 + lim * 0.3 * np.tanh((np.abs(y) - lim * 0.7) / (lim * 0.3))), y))


def encode(series, n):
    ep, eid = series["episodes"][n - 1], f"e{n:03d}"
    folder = HERE / series["id"]
    plan = timeline(series, ep)
    write_captions(folder, eid, plan["cues"])
    w, h = series["size"]
    with tempfile.TemporaryDirectory() as tmp:
        wav = pathlib.Path(tmp) / "a.wav"
        write_sound(wav, sound.mix_episode(plan, ep["key"], ep["mood"], n))
        cmd = ["ffmpeg", "-nostdin", "-v", "error", "-y", "-f", "rawvideo", "-pix_fmt", "bgra", "-s", f"{w}x{h}", "-r", str(series["fps"]), "-i", "pipe:0",
               "-i", str(wav), "-map", "0:v", "-map", "1:a", "-vf", "scale=out_color_matrix=bt709:out_range=tv,format=yuv420p",
               "-c:v", "libx264", "-profile:v", "high", "-level", "3.1", "-preset", "medium", "-tune", "animation", "-crf", str(series["crf"]),
               "-refs", "4", "-bf", "3", "-g", str(series["fps"] * 2), "-threads", "1", "-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709",
               "-color_range", "tv", "-c:a", "aac", "-b:a", series["audio"], "-ac", "1", "-map_metadata", "-1", "-fflags", "+bitexact", "-flags:v", "+bitexact",
               "-flags:a", "+bitexact", "-movflags", "+faststart", str(folder / f"{eid}.mp4")]
        # animated "on twos" as drawn films are; fast things (the train, the last zoom) on ones
        starts, stop = {round(sh["start"] * series["fps"]) for sh in plan["shots"]}, round(plan["freeze"] * series["fps"])
        fresh = starts | {i for i in range(plan["frames"]) if i % 2 == 0 or stop <= i < stop + 14
                          or any(sh["start"] <= i / series["fps"] < sh["end"] and sh["place"] == "train" and sh["blur"] < 11 for sh in plan["shots"])}
        pipe = subprocess.Popen(cmd, stdin=subprocess.PIPE)
        for i in range(plan["frames"]):
            if i in fresh:
                s = surface(series)
                frame(s.getCanvas(), series, ep, n, plan, i / series["fps"])
                data = s.makeImageSnapshot().tobytes()
            if i == 0:
                jpeg(s, folder / f"{eid}.jpg", (540, 960), series["poster"])
            pipe.stdin.write(data)
        pipe.stdin.close()
        if pipe.wait():
            sys.exit(f"ffmpeg failed on {eid}")
    return f"{series['id']} {eid}: {plan['secs']:.1f} s, {(folder / f'{eid}.mp4').stat().st_size // 1000} kB"


def manifest(series):
    folder, gate = HERE / series["id"], series["id"] == "neon-vows"
    w, h = series["size"]
    episodes = []
    for n, ep in enumerate(series["episodes"], 1):
        eid = f"e{n:03d}"
        mp4 = folder / f"{eid}.mp4"
        info = json.loads(subprocess.run(["ffprobe", "-v", "error", "-show_format", "-of", "json", str(mp4)], check=True, capture_output=True).stdout)["format"]
        head = mp4.read_bytes()
        assert head.index(b"moov") < head.index(b"mdat"), f"{mp4} does not start fast"
        episodes.append({
            "id": eid, "n": n, "title": ep["title"], "durationMs": round(float(info["duration"]) * 1000),
            "poster": {"url": f"{eid}.jpg", "width": 540, "height": 960, "alt": ep["alt"]},
            "renditions": [{"type": "mp4", "url": f"{eid}.mp4", "codecs": "avc1.64001f,mp4a.40.2", "width": w, "height": h,
                            "bitrate": int(info["bit_rate"]), "bytes": len(head)}],
            "captions": [{"lang": "en", "label": "English", "kind": "captions", "url": f"{eid}.en.vtt", "default": True},
                         {"lang": "es", "label": "Español", "kind": "subtitles", "url": f"{eid}.es.vtt"}]})
    doc = {"cliffhanger": "1"}
    if gate:
        doc["view"] = "authoring"
    doc["series"] = {"id": series["id"], "title": series["title"], "synopsis": series["synopsis"], "lang": "en", "totalEpisodes": len(episodes),
                     "status": "complete", "ageRating": series["age"], "tags": series["tags"],
                     "poster": {"url": "poster.jpg", "width": w, "height": h, "alt": series["alt"]}}
    doc["access"] = {"mode": "open", "freeEpisodes": series["free"]}
    if gate:
        euro = lambda cents: {"amount": cents, "currency": "EUR", "taxIncluded": True}
        doc["access"] = {"mode": "gate", "freeEpisodes": series["free"], "gate": {"base": "/"}, "offers": ["ep-coins", "rest", "vip-week"]}
        doc["offers"] = {
            "ep-coins": {"kind": "coins", "scope": "episode", "coins": 30, "moneyEquivalent": euro(30)},
            "rest": {"kind": "purchase", "scope": "rest", "price": euro(199)},
            "vip-week": {"kind": "subscription", "price": euro(299), "period": "P1W", "manageUrl": "/account"}}
    doc["episodes"] = episodes
    if series["related"] and (HERE / series["related"]["id"]).is_dir():
        doc["related"] = [series["related"]]
    (folder / "series.json").write_text(json.dumps(doc, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    return sum(f.stat().st_size for f in folder.iterdir())


def stills(series, numbers, folder):
    """Frames at the start, middle and end of every shot."""
    for n in numbers:
        ep = series["episodes"][n - 1]
        plan = timeline(series, ep)
        times = [0.0] + [sh["start"] + 0.75 * (min(sh["end"], plan["freeze"]) - sh["start"]) for sh in plan["shots"]] + [plan["secs"] - 0.5]
        for i, t in enumerate(times):
            s = surface(series)
            frame(s.getCanvas(), series, ep, n, plan, t)
            s.makeImageSnapshot().save(str(folder / f"{series['id']}-e{n:03d}-{i}.png"))
        print(n, f"{plan['secs']:.1f} s", len(plan["cues"]), "cues")


def main(args):
    out = None
    if args[:1] == ["--frames"]:
        out = pathlib.Path(args[1])
        out.mkdir(parents=True, exist_ok=True)
        args = args[2:]
    numbers = [int(a) for a in args if a.isdigit()]
    names = [a for a in args if not a.isdigit()]
    chosen = [s for s in story.SERIES if not names or s["id"] in names]
    for series in chosen:
        todo = numbers or range(1, len(series["episodes"]) + 1)
        if out:
            stills(series, todo, out)
            cover(series).makeImageSnapshot().save(str(out / f"{series['id']}-cover.png"))
            continue
        (HERE / series["id"]).mkdir(exist_ok=True)
        with multiprocessing.Pool(2) as pool:
            for line in pool.imap_unordered(functools.partial(encode, series), todo):
                print(line, flush=True)
        s = cover(series)
        jpeg(s, HERE / series["id"] / "poster.jpg", series["size"], series["poster"] * 1.5)
    for series in chosen:
        if not out:
            print(f"{series['id']}: {manifest(series)} bytes in all")


if __name__ == "__main__":
    main(sys.argv[1:])
