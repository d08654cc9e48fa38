"""The plots of the demo series, as data: who stands where, who says what, and how each episode breaks off."""


def P(who, x, y, s, turn=0.3, mood="calm", **kw):
    """A bust: head centre x, y and scale (1.5 is a close-up)."""
    return dict(who=who, x=x, y=y, s=s, turn=turn, mood=mood, **kw)


def F(who, x, y, h, **kw):
    """A standing figure seen from behind, feet at x, y."""
    return dict(figure=who, x=x, y=y, h=h, kw=kw)


def shot(place, cast=(), say=(), cam=None, blur=0, insert=None, least=0, **kw):
    if blur == 11 and len(cast) == 1:  # looking room in close-ups
        cast = [dict(cast[0], x=cast[0]["x"] - 130 * cast[0]["turn"])]
    cam = cam or ((360, 640, 1.04), (360, 640, 1.04 if blur == 11 else 1.08))
    return dict(place=place, cast=cast, say=say, cam=cam, blur=blur, insert=insert, least=least, **kw)


# espeak-ng voice, speed, pitch
VOICES = {
    "mira": ("en-us+f3", 148, 58), "kai": ("en-us+m3", 138, 32), "twin": ("en-us+m7", 146, 44), "madame": ("en-gb+f5", 128, 24),
    "lena": ("en-us+f2", 142, 46), "doctor": ("en-us+m1", 140, 40), "aya": ("en-us+f4", 142, 62), "tomo": ("en-us+m4", 142, 46),
    "officiant": ("en-gb+m2", 130, 30),
}

# place: (left light, right light, shade, amount), ambience
LIGHT = {
    "city": ("#ff3fa4", "#38d6ff", "#140a2a", 0.072), "office": ("#ffb45a", "#ff4fa8", "#120c34", 0.072),
    "train": ("#8ff0d0", "#ffd27a", "#062a2a", 0.054), "platform": ("#ffe08a", "#46c8ff", "#06183c", 0.081),
    "hall": ("#ffe0a0", "#ffb45a", "#2a1606", 0.036), "flat": ("#ff8a5c", "#ffd27a", "#2a0f14", 0.045),
    "hospital": ("#ffffff", "#d8fff4", "#2a5f5a", 0.023), "workshop": ("#ff2e63", "#ffb03d", "#24040c", 0.063),
    "workshop-out": ("#3a2a6a", "#ff2e63", "#14030c", 0.45), "dawn": ("#ffd58a", "#ff6f9a", "#2a1640", 0.063),
    "study": ("#ff8a2e", "#ffb45a", "#06180e", 0.072), "doorway": ("#ffd29a", "#ff4f6f", "#30040f", 0.054),
    "white": ("#ffffff", "#ffc4d8", "#6a3048", 0.023), "snow": ("#c8f4ff", "#ffffff", "#0a2a40", 0.045),
    "snow-on": ("#ff5fa8", "#c8f4ff", "#0a2a40", 0.045), "night": ("#ff3fa4", "#6a7bff", "#0a0828", 0.09),
    "river": ("#ffb347", "#6fa0ff", "#0a1838", 0.072), "river-day": ("#fff2c8", "#bfeef5", "#2a5a60", 0.023),
    "river-rose": ("#ffd0a0", "#ff7fa8", "#3a1838", 0.054), "river-storm": ("#b8d8c8", "#ffd27a", "#0a1614", 0.099),
    "river-gold": ("#fff0b0", "#ff9a3d", "#3a1608", 0.045),
}
AMBIENCE = {"platform": "rain", "river-storm": "rain", "train": "train", "study": "fire", "snow": "wind", "snow-on": "wind",
            "dawn": "wind", "hospital": "ward", "workshop": "hum", "workshop-out": "hum", "city": "rain"}
IN, OUT = ((360, 640, 1.0), (360, 620, 1.12)), ((360, 630, 1.12), (360, 640, 1.02))
LEFT, RIGHT = ((400, 640, 1.06), (330, 640, 1.06)), ((320, 640, 1.06), (395, 640, 1.06))
CU = dict(blur=11)
GOWN = dict(wear="gown", veil=True)

NEON_VOWS = dict(
    id="neon-vows", title="Neon Vows", logo=("NEON", "Vows"), accent="#ff3f8e", fps=24, size=(720, 1280), crf=33, audio="64k", poster=44000, free=5, age=13,
    tags=["romance", "mystery", "city"],
    synopsis="Mira signs a one-year marriage contract with the heir of a neon-sign empire to save her brother. But another bride has "
             "signed before her, a dead twin walks the last train, and the man at the altar is not who he signs for.",
    alt="Mira in a mustard coat and Kai in a dark suit, back to back under a pink neon sign",
    cover=dict(place="night", cast=[P("kai", 500, 560, 1.18, 0.45, "cold"), P("mira", 235, 610, 1.22, -0.4, "worry")]),
    related=dict(id="paper-lanterns", title="Paper Lanterns", href="/open.html"),
    episodes=[
        dict(title="The Contract", key=57, mood=0, alt="Mira at night before a pink VOWS sign over the city", shots=[
            shot("city", [P("mira", 430, 520, 1.3, -0.5, "worry")], [
                ("mira", "One signature. That is all he wants.", "Una firma. Es todo lo que quiere.")], LEFT, blur=3),
            shot("office", [P("kai", 380, 470, 1.12, -0.35, "cold"), P("mira", 40, 640, 1.5, back=True)], [
                ("kai", "One year as my wife. And your brother's hospital bill is gone.", "Un año como mi esposa. Y la factura del hospital de tu hermano desaparece.")], IN, blur=4),
            shot("office", [P("mira", 350, 500, 1.5, 0.45, "sad")], [("mira", "And love?", "¿Y el amor?")], **CU),
            shot("office", [P("kai", 370, 490, 1.55, -0.3, "cold")], [("kai", "Not in the contract.", "No está en el contrato.")], OUT, **CU),
            shot("office", insert=("contract", {}), blur=14, say=[
                ("mira", "Then why is there already a name on it?", "Entonces, ¿por qué ya hay un nombre escrito?")], cam=IN)]),
        dict(title="The Other Bride", key=55, mood=1, alt="Mira alone on the last train, teal light and yellow seats", shots=[
            shot("train", [P("mira", 270, 510, 1.22, 0.5, "sad")], [
                ("mira", "Lena Sato. He never said her name.", "Lena Sato. Nunca dijo su nombre.")], RIGHT, blur=2),
            shot("train", insert=("phone", dict(lines=("Ask him what", "happened to", "his first bride."))), blur=14, say=[
                (None, "[Phone buzzes]", "[Vibra el teléfono]", "phone")], least=2.6, cam=IN),
            shot("train", [P("mira", 360, 500, 1.5, -0.3, "worry", look=(-0.2, 0.9))], [("mira", "Who sent this?", "¿Quién envió esto?")], **CU),
            shot("train", [P("twin", 390, 480, 1.2, -0.4, "sly"), P("mira", 60, 660, 1.5, back=True)], [("twin", "I did.", "Yo.")], IN, blur=5),
            shot("train", [P("mira", 350, 500, 1.45, 0.4, "shock", clutch=True)], [
                ("mira", "Kai? No. You have his face.", "¿Kai? No. Tienes su cara.")], IN, **CU)]),
        dict(title="Same Face", key=53, mood=0, alt="A man with Kai's face on a rainy blue station platform", shots=[
            shot("platform", [P("twin", 265, 490, 1.26, 0.45, "sly"), P("mira", 660, 690, 1.4, back=True)], [
                ("twin", "Wrong brother. I'm Ren.", "El hermano equivocado. Soy Ren.")], RIGHT, blur=2),
            shot("platform", [P("mira", 380, 470, 1.3, -0.4, "shock", clutch=True)], [
                ("mira", "Ren Sato died two years ago.", "Ren Sato murió hace dos años.")], **CU),
            shot("platform", [P("twin", 350, 490, 1.5, 0.35, "cold")], [
                ("twin", "That is what the papers were told.", "Eso es lo que le dijeron a la prensa.")], OUT, **CU),
            shot("platform", [P("mira", 370, 500, 1.5, -0.3, "sad")], [
                ("mira", "Then whose grave does he visit?", "Entonces, ¿qué tumba visita?")], **CU),
            shot("platform", [F("kai", 360, 1010, 430, wear="#0b1536", halo="#bfe6ff"), P("twin", 60, 590, 1.3, 0.6, "worry"), P("mira", 660, 620, 1.3, -0.6, "shock")], [
                ("twin", "Don't turn around.", "No te des la vuelta.")], ((360, 640, 1.0), (360, 700, 1.12)))]),
        dict(title="The Rehearsal", key=60, mood=1, alt="An elegant grandmother in red in a golden wedding hall", shots=[
            shot("hall", [P("madame", 360, 520, 1.22, 0.3, "cold")], [
                ("madame", "On Friday the board votes. No wife, no empire.", "El viernes vota la junta. Sin esposa, no hay imperio.")], IN, blur=2),
            shot("hall", [P("kai", 400, 490, 1.3, -0.45, "cold"), P("madame", 60, 690, 1.4, back=True)], [
                ("kai", "She will be there, Grandmother.", "Ella estará allí, abuela.")], LEFT, blur=7),
            shot("hall", [P("madame", 350, 490, 1.35, 0.35, "sly", clutch=True)], [
                ("madame", "And when she learns what you are?", "¿Y cuando sepa lo que eres?")], **CU),
            shot("hall", [P("kai", 370, 490, 1.55, -0.2, "sad")], [("kai", "She never will.", "Nunca lo sabrá.")], OUT, **CU),
            shot("hall", [P("mira", 430, 520, 1.5, -0.55, "shock", wear="knit")], [("mira", "Learn what?", "¿Saber qué?")], LEFT, pillar=True, **CU)]),
        dict(title="The Letter", key=52, mood=0, alt="Mira in lamplight in her amber apartment", shots=[
            shot("flat", [P("mira", 250, 520, 1.24, 0.35, "worry", wear="knit", look=(0.5, 0.8))], [
                ("mira", "No stamp. No sender.", "Sin sello. Sin remitente.")], RIGHT, blur=2),
            shot("flat", insert=("letter", dict(lines=("Mira,", "do not marry him.", "He is not who", "he signs for.", "        Lena"), sleeve="#e8dfe6")), blur=14, say=[
                ("lena", "Do not marry him. He is not who he signs for.", "No te cases con él. No es quien firma.")], cam=IN),
            shot("flat", [P("mira", 360, 500, 1.5, -0.1, "shock", wear="knit")], [
                ("mira", "Then who is he?", "Entonces, ¿quién es?"), (None, "[The power goes out]", "[Se va la luz]", "click")], dark=True, **CU),
            shot("flat", insert=("doorknob", {}), say=[
                (None, "[Door handle turns]", "[Gira el picaporte]", "door"), ("kai", "Mira. Open the door.", "Mira. Abre la puerta.")], cam=IN)]),
        dict(title="The Lie", key=59, mood=1, alt="Mira walks down a bright green hospital corridor", shots=[
            shot("hospital", [F("mira", 330, 1010, 560)], [
                ("mira", "I came to pay my brother's bill.", "Vengo a pagar la cuenta de mi hermano.")], IN),
            shot("hospital", [P("doctor", 390, 480, 1.25, -0.35, "calm"), P("mira", 50, 650, 1.5, back=True)], [
                ("doctor", "It was paid. A year before your contract.", "Ya está pagada. Un año antes de su contrato.")], IN, blur=5),
            shot("hospital", [P("mira", 350, 500, 1.5, 0.35, "worry")], [("mira", "Paid by whom?", "¿Pagada por quién?")], **CU),
            shot("hospital", [P("doctor", 370, 490, 1.5, -0.25, "worry")], [("doctor", "He signed as Ren Sato.", "Firmó como Ren Sato.")], OUT, **CU),
            shot("hospital", [P("mira", 360, 500, 1.66, 0.1, "shock")], [("mira", "A dead man paid?", "¿Pagó un muerto?")], IN, **CU)]),
        dict(title="Blackout", key=50, mood=0, alt="Kai in his red workshop under four neon letters", shots=[
            shot("workshop", [P("kai", 300, 590, 1.2, 0.4, "calm")], [
                ("mira", "Did you pay for my brother?", "¿Pagaste tú lo de mi hermano?")], RIGHT, blur=1),
            shot("workshop", [P("kai", 360, 500, 1.5, 0.3, "sad")], [
                ("kai", "I saw you on the roof, the winter before. You were crying.", "Te vi en la azotea, el invierno anterior. Llorabas.")], OUT, **CU),
            shot("workshop", [P("mira", 370, 500, 1.5, -0.35, "sad")], [
                ("mira", "Who are you, really?", "¿Quién eres, de verdad?")], **CU),
            shot("workshop-out", [P("kai", 180, 560, 1.1, 0.5, "shock"), P("mira", 540, 580, 1.1, -0.1, "shock")], [
                (None, "[The letters go dark]", "[Se apagan las letras]", "click"), ("twin", "Tell her the rest, brother.", "Cuéntale el resto, hermano.")], IN, blur=2)]),
        dict(title="The Rooftop", key=62, mood=1, alt="Two brothers face to face on a rooftop at dawn", shots=[
            shot("dawn", [P("kai", 190, 530, 1.08, 0.75, "angry"), P("twin", 545, 530, 1.08, -0.75, "sly")], [
                ("twin", "You wore my name well.", "Llevaste bien mi nombre."), ("kai", "You threw it away.", "Tú lo tiraste.")], IN),
            shot("dawn", [P("mira", 360, 510, 1.45, 0.0, "angry")], [
                ("mira", "Stop! Which one of you is Kai?", "¡Basta! ¿Cuál de los dos es Kai?")], **CU),
            shot("dawn", [P("kai", 340, 490, 1.5, 0.3, "cold")], [("kai", "I am.", "Yo.")], **CU),
            shot("dawn", [P("twin", 380, 490, 1.5, -0.3, "cold")], [("twin", "I am.", "Yo.")], **CU),
            shot("dawn", [P("mira", 360, 500, 1.62, -0.15, "sad")], [
                ("mira", "Then tomorrow one of you lies at the altar.", "Entonces mañana uno de los dos mentirá en el altar.")], IN, **CU)]),
        dict(title="The Vow", key=64, mood=0, alt="Mira as a bride with a veil in a white and rose hall", shots=[
            shot("white", [P("mira", 360, 520, 1.2, 0.2, "sad", clutch=True, **GOWN)], [
                ("mira", "I should run.", "Debería huir.")], IN, blur=2),
            shot("white", [P("kai", 200, 500, 1.08, 0.5, "calm"), P("mira", 530, 550, 1.05, -0.5, "worry", **GOWN)], [
                ("officiant", "Do you, Kai Sato, take this woman?", "Kai Sato, ¿aceptas a esta mujer?")], IN, blur=4),
            shot("white", [P("kai", 360, 490, 1.55, 0.25, "worry")], [("kai", "I...", "Yo..."), (None, "[Doors burst open]", "[Se abren las puertas]", "door")], **CU),
            shot("doorway", [F("lena", 360, 1060, 600, wear="#5a0618", hair="#2c0410", legs=False)], [
                ("lena", "He can't. Kai Sato is my husband.", "No puede. Kai Sato es mi marido.")], ((360, 640, 1.0), (360, 560, 1.1)))]),
        dict(title="Lena", key=54, mood=1, alt="Lena with copper hair in a crimson doorway", shots=[
            shot("doorway", [P("lena", 360, 510, 1.28, -0.25, "cold")], [
                ("lena", "I married Kai last spring, by the sea.", "Me casé con Kai la primavera pasada, junto al mar.")], IN),
            shot("white", [P("madame", 370, 510, 1.5, 0.3, "angry")], [("madame", "Impossible!", "¡Imposible!")], **CU),
            shot("white", [P("mira", 350, 510, 1.4, 0.3, "worry", **GOWN)], [
                ("mira", "Then who is standing next to me?", "Entonces, ¿quién está a mi lado?")], **CU),
            shot("doorway", [P("lena", 370, 500, 1.5, -0.2, "sad")], [
                ("lena", "Look at his hand. Ren burned it on the first sign he built.", "Mírale la mano. Ren se la quemó con el primer letrero que hizo.")], OUT, **CU),
            shot("white", insert=("scar", {}), blur=14, say=[("kai", "My name is Ren.", "Me llamo Ren.")], cam=IN)]),
        dict(title="Ashes", key=49, mood=0, alt="The grandmother before the fire in a dark green study", shots=[
            shot("study", [P("madame", 400, 500, 1.24, -0.3, "sly")], [
                ("madame", "A false name. A void contract. The company is mine.", "Un nombre falso. Un contrato nulo. La empresa es mía.")], LEFT),
            shot("study", [P("mira", 540, 560, 1.15, -0.5, "angry"), P("kai", 195, 500, 1.12, 0.5, "sad", wear="white")], [
                ("mira", "You lied to everyone.", "Mentiste a todos."), ("kai", "About my name. Never about you.", "Sobre mi nombre. Nunca sobre ti.")], IN, blur=4),
            shot("study", insert=("burning", {}), blur=12, least=2.4, say=[(None, "[Paper burns]", "[Arde el papel]", "fire")], cam=IN),
            shot("study", [P("mira", 360, 500, 1.6, 0.1, "shock")], [
                ("mira", "Wait. Read clause nine!", "¡Espera! ¡Lee la cláusula nueve!")], IN, **CU)]),
        dict(title="Neon Vows", key=57, mood=2, alt="Mira and Ren on a snowy turquoise rooftop", shots=[
            shot("snow", [P("mira", 215, 560, 1.1, 0.55, "warm"), P("kai", 525, 520, 1.12, -0.5, "calm", wear="work")], [
                ("mira", "I own a neon company. I need someone to fix the sign.", "Tengo una empresa de neón. Necesito a alguien que arregle el letrero.")], IN),
            shot("snow", [P("kai", 370, 470, 1.35, -0.3, "warm", wear="work", clutch=True)], [("kai", "No contract this time?", "¿Esta vez sin contrato?")], **CU),
            shot("snow", [P("mira", 350, 500, 1.5, 0.3, "warm")], [("mira", "Just your real name.", "Solo tu verdadero nombre.")], **CU),
            shot("snow-on", [P("kai", 470, 560, 1.14, -0.7, "warm", wear="work", tilt=-7), P("mira", 240, 600, 1.12, 0.7, "warm", tilt=7)], [
                ("kai", "Ren. Ren Sato.", "Ren. Ren Sato.")], OUT),
            shot("snow-on", insert=("tag", dict(lines=("From your sister.", "Find me."))), blur=12, say=[
                ("mira", "I don't have a sister.", "Yo no tengo hermanas.")], least=3.4, cam=IN)]),
    ])

PAPER_LANTERNS = dict(
    id="paper-lanterns", title="Paper Lanterns", logo=("PAPER", "Lanterns"), accent="#ffb347", fps=24, size=(540, 960), crf=36, audio="56k", poster=22000, free=2, age=6,
    tags=["family", "mystery", "river"],
    synopsis="Every year Aya sends one lantern down the river to the sister she never met. This year, one comes back. A spin-off of Neon Vows.",
    alt="Aya and Tomo on a river among golden paper lanterns",
    cover=dict(place="river-gold", cast=[P("tomo", 525, 590, 1.05, -0.4, "calm"), P("aya", 260, 580, 1.25, 0.3, "warm")]),
    related=dict(id="neon-vows", title="Neon Vows", poster=dict(url="../neon-vows/poster.jpg", width=720, height=1280,
                 alt="Mira in a mustard coat and Kai in a dark suit, back to back under a pink neon sign")),
    episodes=[
        dict(title="The River", key=60, mood=2, alt="Aya by a dark blue river with lanterns", shots=[
            shot("river", [P("aya", 300, 500, 1.2, 0.4, "sad")], [
                ("aya", "Every year, one lantern for a sister I never met.", "Cada año, un farol para una hermana que no conocí.")], RIGHT),
            shot("river", [P("tomo", 390, 490, 1.45, -0.3, "worry")], [("tomo", "Aya. This one came back.", "Aya. Este ha vuelto.")], **CU)]),
        dict(title="The Boatman", key=62, mood=0, alt="Tomo the boatman in bright daylight", shots=[
            shot("river-day", [P("tomo", 390, 510, 1.22, -0.4, "calm")], [
                ("tomo", "The current only runs to the sea.", "La corriente solo va al mar.")], LEFT),
            shot("river-day", [P("aya", 350, 500, 1.5, 0.3, "shock")], [("aya", "Then somebody carried it here.", "Entonces alguien lo trajo hasta aquí.")], IN, **CU)]),
        dict(title="Ink", key=57, mood=1, alt="Aya at a rose-coloured sunset", shots=[
            shot("river-rose", [P("aya", 400, 520, 1.25, -0.3, "worry", look=(-0.3, 0.8))], [("aya", "It smells of neon and rain. There is a note inside.", "Huele a neón y a lluvia. Hay una nota dentro.")], LEFT),
            shot("river-rose", insert=("letter", dict(lines=("Aya,", "I was told", "you had died.", "", "        Mira"), sleeve="#2f6f86")), blur=12, say=[
                ("mira", "I was told you had died.", "Me dijeron que habías muerto.")], cam=IN)]),
        dict(title="The Flood", key=52, mood=0, alt="Tomo in a grey-green storm", shots=[
            shot("river-storm", [P("tomo", 250, 510, 1.2, 0.4, "worry"), P("aya", 680, 690, 1.4, back=True)], [
                ("tomo", "The bridge is gone. Nobody can cross.", "El puente ya no está. Nadie puede cruzar.")], RIGHT),
            shot("river-storm", [P("aya", 360, 500, 1.5, -0.3, "shock")], [("aya", "There is a light on the water!", "¡Hay una luz en el agua!")], IN, **CU)]),
        dict(title="The Voice", key=55, mood=1, alt="Mira in a mustard coat beneath a neon sky", shots=[
            shot("night", [P("mira", 300, 510, 1.25, 0.3, "worry")], [(None, "[Phone buzzes]", "[Vibra el teléfono]", "phone"), ("mira", "Aya? Can you hear me?", "¿Aya? ¿Me oyes?")], RIGHT),
            shot("river", [P("aya", 380, 500, 1.5, -0.3, "sad")], [("aya", "How strange. You have my voice.", "Qué extraño. Tienes mi voz.")], IN, **CU)]),
        dict(title="Two Lights", key=60, mood=2, alt="Two sisters among golden lanterns", shots=[
            shot("river-gold", [P("aya", 200, 540, 1.1, 0.5, "warm"), P("mira", 525, 550, 1.1, -0.5, "warm")], [
                ("aya", "You came.", "Has venido."), ("mira", "Who told us we were alone?", "¿Quién nos dijo que estábamos solas?")], IN),
            shot("river-gold", insert=("tag", dict(lines=("I did.", "Forgive me. Mother"))), blur=10, say=[
                ("aya", "Mother is alive.", "Mamá está viva.")], least=3.0, cam=IN)]),
    ])

SERIES = [NEON_VOWS, PAPER_LANTERNS]
