"""Which side the words of a series name: "LT KNEE", "Knie rechts", "genou D", "knee_L", and many languages more.

Whole words for right and left count anywhere. Abbreviations and single letters mean many other things (RT is also
radiotherapy, L3 a vertebra, "T2 R" a variant of a sequence), so they count only beside a word for a limb, and each
letter only in the language of that word.
"""

from __future__ import annotations

import re
import unicodedata

from OrthoDiffusionLib.anatomy.side import Side


def _all(*texts: str) -> frozenset[str]:
    return frozenset(word for text in texts for word in text.split())


# Lower case, without accents, as `_plain` writes words.
_RIGHT_WORDS = _all(
    "right rights rechts recht rechte rechter rechtes rechten rechterknie rechterzijde",  # English, German, Dutch
    # French, Spanish, Portuguese, Italian
    "droit droite droits derecha derecho dcha dcho direita direito destra destro destri",
    # Slavic, Romanian
    "prawy prawa prawe prawego prawej pravy prava prave praveho pravem desni desna desno desnog dreapta drept dreptul",
    "sagh",  # Turkish, see `_plain`
    "hojre højre høyre hoyre hoger oikea oikean jobb",  # Nordic, Finnish, Hungarian
    "правыи правая правое правого правои праве δεξι δεξιο δεξια δεξιου",  # Russian, Ukrainian, Greek
)
_LEFT_WORDS = _all(
    "left links linke linker linkes linken linkerknie linkerzijde",
    "gauche gauches izquierda izquierdo izq izqda izqdo izda izdo esquerda esquerdo sinistra sinistro sinistri",
    "stanga stang stangul lewy lewa lewe lewego lewej levy leva leve leveho levem lijevi lijevo lijeva levo levi",
    "venstre vanster vasen vasemman bal",
    "левыи левая левое левого левои ліве αριστερο αριστερα αριστερου αριστερη",
)
_UNSURE_WORDS = _all("leva leve levi levo prava recht rights bal jobb")
"""Also words of other meaning: they count only beside a limb."""

_CJK = {"右": Side.RIGHT, "左": Side.LEFT, "오른": Side.RIGHT, "우측": Side.RIGHT, "왼": Side.LEFT, "좌측": Side.LEFT}

_ANYWHERE = ("r rt", "l lt")
_LANGUAGES = (
    # words for a limb or its joint; abbreviations beside them for right, for left
    ("knee knees kneejoint ankle shoulder shldr shld hip elbow wrist foot hindfoot midfoot forefoot hand leg legs "
     "extremity limb ext extrem lwr uppr tib fib patella", "rgt rht", "lft"),
    ("knie kniegelenk kniegewricht sprunggelenk osg usg schulter schultergelenk huft hufte huftgelenk ellenbogen bein "
     "handgelenk fuss ruckfuss rueckfuss mittelfuss vorfuss knochel knoechel sprgg gelenk enkel schouder heup "
     "elleboog pols voet been", "re rec", "li lin"),
    ("genou genoux cheville epaule hanche coude poignet pied jambe", "d dt dte dr drt", "g gch gche gau"),
    ("rodilla rodillas tobillo hombro cadera codo muneca pie pierna", "d der dch", "i iz izqu"),
    ("ginocchio ginocchia caviglia spalla anca gomito polso piede gamba", "d dx ds dex", "s sx sn sin"),
    ("joelho joelhos tornozelo ombro quadril cotovelo punho perna", "d dto dta dir drt", "e esq"),
    ("kolano kolana kolanowy kolanowego skokowy skokowego barkowy barkowego bark biodro lokiec staw stawu koleno",
     "p pr", "lw"),
    ("knæ knae kna knaled ankel skulder axel hofte kne polvi nilkka olkapaa", "h hø ho dx dxt", "v ve sin sn"),
    ("diz dizi omuz omzu bilek bileghi ayak kalca dirsek", "", "sol"),
    ("kolena koleni koleniho rameno ramene ramena ramenni kotnik kotniku hlezno hlezna zapesti kycel", "", ""),
    ("genunchi glezna umar terd boka vall колено колена коленныи коленного сустав γονατο "
     "голеностопныи голеностопного плечо плеча плечевои плечевого", "", ""),
)  # fmt: skip
_ANY = {word: side for side, words in zip(Side, _ANYWHERE, strict=True) for word in words.split()}
_BESIDE = {
    limb: {word: side for side, words in ((Side.RIGHT, right), (Side.LEFT, left)) for word in words.split()}
    for limbs, right, left in _LANGUAGES
    for limb in limbs.split()
}
_GLUED_LIMBS = (
    *("knee", "knie", "kniegelenk", "ankle", "shoulder", "shldr", "genou", "rodilla", "joelho", "ginocchio"),
    *("schulter", "schultergelenk", "sprunggelenk", "epaule", "cheville", "hombro", "tobillo", "spalla", "caviglia"),
)
_EXTREMITIES = {"RLE": Side.RIGHT, "RUE": Side.RIGHT, "LLE": Side.LEFT, "LUE": Side.LEFT}
"""Right and left, lower and upper extremity, in the capitals of radiologists of the USA."""

_AND = frozenset("ei")
"""Between two limbs a word for "and": "JOELHO E TORNOZELO" is a knee and an ankle."""

_ALSO_OTHER_WORDS = frozenset("eidshvpg")
"""Letters that count as capitals, or at the end: "joelho e tornozelo" is a knee *and* an ankle."""

_NOT_OF_A_LIMB = re.compile(
    r"radio[ _-]?(ther|onc)|\b(planning|plan|simulation|sim|dose|oncolog\w*|structure set|rtstruct|rtplan)\b", re.I
)
_PAIRS = (
    # right and left, as one language writes them beside each other
    ("right|rt|r|rechts|rechte[rsn]?|droite?|derech[ao]|destr[ao]|direit[ao]",
     "left|lt|l|links|linke[rsn]?|gauche|izquierd[ao]|sinistr[ao]|esquerd[ao]"),
    ("re", "li"),
    ("d|dt|dte|dr|drt|droite?", "g|gch|gche|gauche"),
    ("d|der|dcha|dcho|derech[ao]", "i|izq|izda|izdo|izquierd[ao]"),
    ("d|dx|dex|destr[ao]", "s|sx|sn|sin|sinistr[ao]"),
    ("d|dir|dta|dto|direit[ao]", "e|esq|esquerd[ao]"),
    ("p|pr|praw[yae]", "l|lw|lew[yae]"),
)  # fmt: skip
_BETWEEN_SIDES = r"\.?(?:\s*[-/>&+_]+\s*|\s+(?:to|nach|à|a|and|und|u\.?|et|y|e|i|og|och|en|oraz)\s+)"
_OPPOSED = re.compile(
    # both sides, the way of the phase encoding, or that of a series of slices: "re/li", "R-L", "RL", "R>>L",
    # "left to right", "links-rechts"
    r"(?<![^\W_])(?:"
    + "|".join(f"(?:{one}){_BETWEEN_SIDES}(?:{other})" for pair in _PAIRS for one, other in (pair, pair[::-1]))
    + r"|left\s+right|right\s+left|r\s+l|l\s+r|rt\s+lt|lt\s+rt|re\s+li|li\s+re)(?![^\W_])",
    re.I,
)
_ARTICLE = re.compile(r"(?<![^\W_])(?:[ld]['’´`]|[ld] (?=[eé]paule(?![^\W_])))", re.I)
"""As in "l'épaule"; archives often leave a blank for the apostrophe."""
_SHORTENED = re.compile(
    # "R/O" rules out, "R/C" is the rotator cuff, "L.C.L." a ligament, "L-spine" of the back: letters of no side
    r"(?<![^\W_])(?:[^\W\d_](?:[/\\.][^\W\d_])+|[ctl](?:[ /.-]*s)?[ /.-]*spine)(?![^\W_])",
    re.I,
)
_HEMI = re.compile(r"(?:^|_)hemi-([LR])(?=_|$)")
"""As BIDS names the side of a pair in names of files."""
_AGAIN = re.compile(r"(?<![^\W_])re[- ]?(?=(?:scan|run|peat|do|pos)\w*)", re.I)
_PHASE = _all("phase phases pe phs frequency freq fe dir direction swap encoding enc shift")


def sides_in(*texts: str | None, about_limb: bool = False) -> frozenset[Side]:
    """The sides that some words name.

    Args:
        texts: a series description, a protocol's name, a study description, a file's name, …; each is read by itself.
        about_limb: whether it is known from elsewhere that the words are about a limb; then RT and LT in capitals
            count at the beginning or the end of a text, too.

    Returns:
        Nothing, one side, or both where the words contradict each other. Words of both sides at once, as in
        "left-right", name none.
    """
    return frozenset().union(*(_sides(text, about_limb) for text in texts if text))


def mentions_limb(text: str) -> bool:
    """Whether some words name a limb or a joint of one, in any of the languages known here."""
    return any(_limb_of(_plain(token)) is not None for token in _tokens(text))


def plain_words(text: str) -> frozenset[str]:
    """The words of a text in lower case without accents; "Knielinks" is two."""
    return frozenset(_plain(token) for token in _tokens(text))


def _sides(text: str, about_limb: bool) -> set[Side]:
    found = {side for sign, side in _CJK.items() if sign in text}
    if len(found) > 1:
        found = set()
    found |= {Side.RIGHT if letter == "R" else Side.LEFT for letter in _HEMI.findall(text)}
    text = _SHORTENED.sub(" ", _OPPOSED.sub(" ", _ARTICLE.sub(" ", text)))
    text = _AGAIN.sub("again", text)
    raw = _tokens(text)
    words = [_plain(token) for token in raw]
    limbs = [_limb_of(word) for word in words]
    radiotherapy = _NOT_OF_A_LIMB.search(text) is not None
    for index, word in enumerate(words):
        side = _whole_word(word)
        near = [limb for n in (index - 1, index + 1) if 0 <= n < len(words) and (limb := limbs[n]) is not None]
        if side is not None:
            of_phase = any(other in _PHASE for other in words[max(0, index - 3) : index])
            if not of_phase and (near or word not in _UNSURE_WORDS):
                found.add(side)
            continue
        if radiotherapy and word == "rt":
            continue
        if word in _AND and len(near) == 2:
            continue
        if raw[index] in _EXTREMITIES:
            found.add(_EXTREMITIES[raw[index]])
        elif (side := _abbreviation(word, raw[index], near, last=index == len(words) - 1)) is not None:
            found.add(side)
        elif word in ("rt", "lt") and raw[index].isupper():
            in_a_limb = any(limb is not None for limb in limbs)
            at_an_end = about_limb and index in (0, len(words) - 1)
            if in_a_limb or at_an_end:
                found.add(_ANY[word])
    return found


def _tokens(text: str) -> list[str]:
    """Words with their capitals; "kneeL", "RtKnee", "KneeLeft" and "RKnee" are two words each."""
    text = unicodedata.normalize("NFC", text)
    tokens = []
    for token in re.findall(r"[^\W_]+", text):
        parts = re.findall(r"[^\W\d_a-z]?[^\W\d_A-Z]+|[A-Z]+(?![a-z])|\d+", token)
        whole = "".join(parts) == token and len(parts) > 1 and all(part.isalpha() for part in parts)
        if whole and any(_limb_of(_plain(part)) is not None for part in parts):
            tokens += parts
            continue
        tokens += _glued(token)
    return tokens


def _glued(token: str) -> list[str]:
    """ "RKNEE", "kneeleft" and "Knielinks" as two words; any other token as it is."""
    plain = _plain(token)
    for limb in _GLUED_LIMBS:
        if plain == limb or limb not in plain:
            continue
        before, _, after = plain.partition(limb)
        rest = before or after
        if before and after:
            continue
        # "kneel" and "kneer" stay what they are: a letter behind the limb needs a capital of its own.
        if _whole_word(rest) or rest in ("rt", "lt", "re", "li", "dx", "sx") or (before and before in ("r", "l")):
            return [rest.upper(), limb] if before else [limb, rest.upper()]
    return [token]


def _plain(token: str) -> str:
    """Lower case, without accents; "ø" and "æ" stay, and "ğ" is "gh": "sağ" is right, "SAG" sagittal."""
    apart = unicodedata.normalize("NFD", token.lower().replace("ğ", "gh"))
    return "".join(sign for sign in apart if not unicodedata.combining(sign)).replace("ß", "ss")


def _limb_of(word: str) -> dict[str, Side] | None:
    """The abbreviations that may stand beside a word for a limb; None for any other word."""
    return _BESIDE.get(word)


def _whole_word(word: str) -> Side | None:
    if word in _RIGHT_WORDS:
        return Side.RIGHT
    return Side.LEFT if word in _LEFT_WORDS else None


def _abbreviation(word: str, raw: str, near: list[dict[str, Side]], *, last: bool) -> Side | None:
    for own in near:
        side = own.get(word) or _ANY.get(word)
        if side is None:
            continue
        if word in _ALSO_OTHER_WORDS and not (raw.isupper() or last):
            continue
        return side
    return None
