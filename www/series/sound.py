"""Voices, music, ambience and stings of the demo series (espeak-ng and numpy)."""
import io
import subprocess
import wave

import numpy as np

SR = 44100


def voice(words, spec):
    """Speech as floats at SR, silence trimmed, about -20 dB."""
    name, speed, pitch = spec
    raw = subprocess.run(["espeak-ng", "-v", name, "-s", str(speed), "-p", str(pitch), "--stdout", words], check=True, capture_output=True).stdout
    with wave.open(io.BytesIO(raw)) as w:
        rate = w.getframerate()
        x = np.frombuffer(raw[44:], dtype="<i2").astype(np.float64) / 32768
    loud = np.flatnonzero(np.abs(x) > 0.01)
    x = x[loud[0]:loud[-1] + 1]
    x = np.interp(np.arange(int(len(x) * SR / rate)) * rate / SR, np.arange(len(x)), x)
    x = band(x, 110, 6500)
    return x / (np.sqrt(np.mean(x * x)) + 1e-9) * 0.1


def band(x, lo, hi):
    f = np.fft.rfftfreq(len(x), 1 / SR)
    g = 1 / (1 + (f / hi) ** 4) * (1 - 1 / (1 + (f / max(lo, 1)) ** 4))
    return np.fft.irfft(np.fft.rfft(x) * g, len(x))


def reverb(x, seconds=1.6, seed=1):
    n = int(seconds * SR)
    ir = np.random.default_rng(seed).standard_normal(n) * np.exp(-np.arange(n) / SR * 5 / seconds)
    ir = band(ir, 150, 4000)
    ir /= np.sqrt(np.sum(ir * ir))
    m = 1 << (len(x) + n - 1).bit_length()
    return np.fft.irfft(np.fft.rfft(x, m) * np.fft.rfft(ir, m), m)[:len(x)]


def hz(note):
    return 440 * 2 ** ((note - 69) / 12)


def tone(freq, secs, attack, decay, partials):
    t = np.arange(int(secs * SR)) / SR
    x = sum(a * np.sin(2 * np.pi * freq * k * t) for k, a in partials)
    return x * np.minimum(1, t / attack) * np.exp(-t / decay)


def put(out, x, at, gain=1.0):
    i = int(at * SR)
    x = x[:max(0, len(out) - i)]
    out[i:i + len(x)] += x * gain


CHORDS = [  # semitones above the key, four bars each: wistful, dark, hopeful
    [(0, 7, 15), (-4, 3, 12), (3, 10, 19), (-2, 5, 14)],
    [(0, 7, 15), (5, 12, 20), (-4, 8, 15), (-5, 7, 14)],
    [(0, 7, 16), (-3, 4, 12), (5, 9, 17), (-5, 7, 14)],
]


def music(secs, key, mood, seed):
    out = np.zeros(int(secs * SR))
    rng = np.random.default_rng(seed)
    bar, t, i = 3.2, 0.0, 0
    while t < secs:
        chord = CHORDS[mood][i % 4]
        for j, n in enumerate(chord):
            for det in (-0.06, 0.05):
                put(out, tone(hz(key + n + det), bar + 1.2, 0.9, 2.4, [(1, 1), (2, 0.35), (3, 0.18), (4, 0.06)]), t, 0.03)
        put(out, tone(hz(key - 24 + chord[0]), bar, 0.08, 1.8, [(1, 1), (2, 0.2)]), t, 0.07)
        for k in range(8):
            n = chord[(k * 2 + i) % 3] + (12 if k % 4 != 3 else 24)
            if rng.random() < 0.8:
                put(out, tone(hz(key + n), 1.2, 0.006, 0.34, [(1, 1), (2, 0.3), (5, 0.06)]), t + k * bar / 8, 0.035)
        t, i = t + bar, i + 1
    return out


def noise(secs, lo, hi, seed):
    x = band(np.random.default_rng(seed).standard_normal(int(secs * SR)), lo, hi)
    return x / np.sqrt(np.mean(x * x))


def ambience(kind, secs):
    if secs <= 0 or not kind:
        return np.zeros(max(0, int(secs * SR)))
    t = np.arange(int(secs * SR)) / SR
    if kind == "rain":
        return noise(secs, 900, 5000, 2) * 0.008
    if kind == "wind":
        return noise(secs, 120, 600, 3) * 0.012 * (0.6 + 0.4 * np.sin(t * 1.3))
    if kind == "train":
        return noise(secs, 40, 200, 4) * 0.02 + noise(secs, 300, 900, 5) * 0.012 * (np.exp(-((t % 1.1) * 14)) + np.exp(-(((t + 0.9) % 1.1) * 14)))
    if kind == "fire":
        return noise(secs, 60, 300, 6) * 0.01 + noise(secs, 1500, 6000, 7) * 0.05 * (np.random.default_rng(8).random(len(t)) > 0.9995)
    if kind == "ward":
        return 0.012 * np.sin(2 * np.pi * 880 * t) * ((t % 1.4) < 0.09)
    return 0.006 * (np.sin(2 * np.pi * 100 * t) + 0.4 * np.sin(2 * np.pi * 300 * t))


def effect(kind):
    if kind == "phone":
        t = np.arange(int(1.0 * SR)) / SR
        return 0.07 * np.sin(2 * np.pi * 170 * t) * (np.sin(2 * np.pi * 26 * t) > -0.2) * ((t < 0.34) | ((t > 0.55) & (t < 0.9)))
    if kind == "click":
        x = noise(0.8, 80, 900, 9) * np.exp(-np.arange(int(0.8 * SR)) / SR * 22) * 0.3
        put(x, tone(90, 0.7, 0.004, 0.18, [(1, 1)]), 0.02, 0.25)
        return x
    if kind == "fire":
        t = np.arange(int(1.6 * SR)) / SR
        return noise(1.6, 200, 3000, 10) * 0.04 * np.minimum(1, t * 3) * np.exp(-t)
    x = np.zeros(int(1.2 * SR))
    for at in (0, 0.18, 0.62):
        put(x, noise(0.2, 700, 4000, 11) * np.exp(-np.arange(int(0.2 * SR)) / SR * 60), at, 0.12)
    put(x, tone(70, 0.8, 0.01, 0.25, [(1, 1), (2, 0.5)]), 0.62, 0.2)
    return x


def sting(secs, key):
    """A boom, a rising hiss before it is added by the caller, and a cluster of strings."""
    t = np.arange(int(secs * SR)) / SR
    x = 0.4 * np.sin(2 * np.pi * (38 * t + 9 * (1 - np.exp(-t * 9)))) * np.exp(-t * 2.2)
    x += noise(secs, 60, 400, 12) * 0.12 * np.exp(-t * 9)
    for n in (0, 1, 7, 13, 18):
        for det in (-0.08, 0.07):
            f = hz(key + n + det)
            saw = sum(np.sin(2 * np.pi * f * k * t) / k for k in range(1, 7))
            x += 0.022 * saw * np.minimum(1, t / 0.05) * (0.35 + 0.65 * np.exp(-t * 1.6)) * (1 + 0.25 * np.sin(2 * np.pi * 6.5 * t))
    return x * np.minimum(1, (secs - t) / 0.5).clip(0, 1)


def mix_episode(plan, key, mood, seed):
    """plan: dict(secs, freeze, voices=[(at, floats)], effects=[(at, kind)], ambience=[(from, to, kind)])."""
    secs, n = plan["secs"], int(plan["secs"] * SR)
    talk, amb = np.zeros(n), np.zeros(n)
    for at, x in plan["voices"]:
        put(talk, x, at)
    for a, b, kind in plan["ambience"]:
        x = ambience(kind, b - a)
        if len(x):
            ramp = np.minimum(1, np.minimum(np.arange(len(x)), np.arange(len(x))[::-1]) / (0.15 * SR))
            put(amb, x * ramp, a)
    duck = band(np.abs(talk), 0, 3) if len(talk) else talk
    duck = 1 - 0.5 * np.clip(duck / 0.05, 0, 1)
    bed = music(secs, key, mood, seed)
    t = np.arange(n) / SR
    bed *= duck * np.where(t > plan["freeze"], np.exp(-(t - plan["freeze"]) * 6), 1) * np.minimum(1, t / 0.25 + 0.2)
    fx = np.zeros(n)
    for at, kind in plan["effects"]:
        put(fx, effect(kind), at)
    rise = noise(0.7, 500, 5000, 13) * np.linspace(0, 1, int(0.7 * SR)) ** 3 * 0.05
    put(fx, rise, plan["freeze"] - 0.7)
    put(fx, sting(secs - plan["freeze"], key - 12), plan["freeze"])
    dry = talk * 1.15 + bed + amb + fx
    out = dry + reverb(talk * 0.16 + bed * 0.35 + fx * 0.3)
    return np.tanh(out * 1.2) / 1.2
