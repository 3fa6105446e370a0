"""What kind of picture a volume is: water or fat of a Dixon sequence, a map worked out from others, a localizer, …

Two sources: the values of Image Type (PS3.3, C.7.6.1.1.2 and what scanners write there), and the words of a series or
file name. Words have other meanings ("T2 W" is weighting, "fat sat" no fat image, "post OP" no opposed phase), so the
one-letter ones count only where the words or a sister series show that it is a Dixon sequence.
"""

from __future__ import annotations

import enum
import re
from collections.abc import Sequence

import numpy as np

from OrthoDiffusionLib.volumes.dicom.kinds import Picture, pictures_in
from OrthoDiffusionLib.volumes.volume import Volume

MAX_LABELS = 64
VOXELS_PER_LABEL = 25
"""Images, 8-bit ones too, have more values, or fewer voxels of each (ours)."""


class ImageKind(enum.Enum):
    """What a volume shows; the value is a word of the catalogue."""

    PLAIN = "plain"
    WATER = "water"
    IN_PHASE = "in_phase"
    OPPOSED = "opposed"
    FAT = "fat"
    PHASE = "phase"
    MAP = "map"
    SUBTRACTION = "subtraction"
    PROJECTION = "projection"
    DIFFUSION = "diffusion"
    RAISED_ARM = "raised_arm"
    CALIBRATION = "calibration"

    @property
    def penalty(self) -> int:
        """0 shows the joint as the networks learned it, 1 shows it otherwise, 2 is no picture of tissue."""
        if self in (ImageKind.PLAIN, ImageKind.WATER, ImageKind.IN_PHASE):
            return 0
        otherwise = (ImageKind.OPPOSED, ImageKind.FAT, ImageKind.DIFFUSION, ImageKind.RAISED_ARM)
        return 1 if self in otherwise else 2


_KIND_OF_PICTURE = {
    Picture.WATER: ImageKind.WATER,
    Picture.IN_PHASE: ImageKind.IN_PHASE,
    Picture.OPPOSED_PHASE: ImageKind.OPPOSED,
    Picture.FAT: ImageKind.FAT,
    Picture.DIFFUSION: ImageKind.DIFFUSION,
    Picture.REAL: ImageKind.PHASE,
    Picture.IMAGINARY: ImageKind.PHASE,
    Picture.PHASE: ImageKind.PHASE,
    Picture.SUBTRACTION: ImageKind.SUBTRACTION,
    Picture.PROJECTION: ImageKind.PROJECTION,
    Picture.PARAMETER_MAP: ImageKind.MAP,
}
"""What DICOM's Image Type says → the kind; a reformatted picture or a capture may be of any kind."""

_EDGE = r"(?<![^\W_])", r"(?![^\W_])"


def _words(pattern: str, flags: int = re.IGNORECASE) -> re.Pattern[str]:
    """The pattern as whole words, where "_" parts words as a space does."""
    return re.compile(f"{_EDGE[0]}(?:{pattern}){_EDGE[1]}", flags)


_DIXON = _words(r"m?dixon\w*|ideal|ideal[ _-]?iq|flex|lava[ _-]?flex|vibe[ _-]?dix\w*|wfi|wfs|fact|dix|qdixon")
_BY_WORDS = (
    (ImageKind.CALIBRATION, _words(
        r"(?:field|b[01]|phase|coil|sens(?:itivity)?)[ _-]*map(?:ping)?|asset(?:[ _-]?cal\w*)?|calibrat\w*|"
        r"arc[ _-]?cal|(?:pre|ref|sense[ _-]?ref)[ _-]?scan|(?:coil|body)[ _-]?survey|shim(?:ming)?|"
        r"b0[ _-]?shim|kalibrierung"
    )),
    (ImageKind.MAP, _words(
        r"(?:t1|t2\*?|t2star|r2\*?|t1[ _-]?rho|t1r|pd|proton[ _-]?density|parametric|parameter|colou?r|relax\w*|"
        r"t2[ _-]?cartilage)[ _-]*"
        r"(?:images?[ _-]*)?(?:map|maps|mapping|karte)(?:[ _-]?(?:it|colou?r))?|cartigram|mapit|"
        r"e?adc|apparent[ _-]?diffusion\w*|(?:fat|water)[ _-]*(?:fraction|percent\w*)|pdff|r2[ _-]?star|"
        r"fractional[ _-]?anisotropy|dgemric[ _-]?map"
    )),
    (ImageKind.SUBTRACTION, _words(r"subtract\w*|subtrakt\w*|soustract\w*|sustracc\w*|sottrazion\w*|subtrac\w*")),
    (ImageKind.PROJECTION, _words(r"mip|mips|minip|mnip|max[ _-]?ip|thick[ _-]?mip|radial[ _-]?mip")),
    (ImageKind.DIFFUSION, _words(r"dwi\w*|diffusion|diff|tracew?|(?<!deep[ _-])resolve|b ?=? ?\d{3,4}")),
    (ImageKind.RAISED_ARM, _words(r"aber|abduction[ _-]*(?:and[ _-]*)?external[ _-]*rotation")),  # of a shoulder
    (ImageKind.PHASE, _words(
        r"pha(?:se)?[ _-]?(?:image|images|bild|bilder)|real[ _-]?part|imag(?:inary)?[ _-]?part|"
        r"part-(?:phase|real|imag)"  # as BIDS names them
    )),
    (ImageKind.OPPOSED, _words(
        r"(?:opp|opposed|out[ _-]?of|out|opposite|gegen|ant[iy])[ _-]*phase|outphase|opphase|"
        r"(?:hors|opposition de|opposition)[ _-]*phase|fuera[ _-]de[ _-]fase|"
        r"fase[ _-]opuesta|fuori[ _-]fase|fora[ _-]de[ _-]fase"
    )),
    (ImageKind.IN_PHASE, _words(r"in[ _-]?phase|en[ _-]phase|en[ _-]fase|in[ _-]fase|em[ _-]fase")),
    (ImageKind.FAT, _words(r"fat[ _-]*only|fat[ _-]?(?:image|images)|fettbild|graisse[ _-]seule")),
    (ImageKind.WATER, _words(r"water[ _-]*only|water[ _-]?(?:image|images)|wasserbild|eau[ _-]seule")),
)  # fmt: skip

_SUB_AT_END = re.compile(rf"{_EDGE[0]}SUB[ _-]*$")  # in capitals: "sub-01" is a person
_COMPLEX_PART_AT_END = re.compile(r"_(?:ph|real|imaginary)$")
"""As dcm2niix ends the names of files of phase and complex images."""

_GE_PREFIX = re.compile(r"^\s*(water|fat|in[ _-]?phase|out[ _-]?phase)\s*:", re.IGNORECASE)
_IN_DIXON = (
    # only where a Dixon sequence is known from elsewhere; "fat sat", "no fat", "T2 W" and "post OP" are none of these
    (ImageKind.OPPOSED, _words(r"opp|opposed|out|(?<!post[ _-])(?<!pre[ _-])(?<!post)op(?:ost[ao])?")),
    (ImageKind.MAP, _words(r"ff|wf|fatfrac|t2s|r2s")),
    (ImageKind.IN_PHASE, _words(r"in|ip")),
    (ImageKind.WATER, _words(
        r"(?:water|wasser|eau|agua|acqua)(?![ _-]*(?:sat|sup|exc|ex[ct]?it|select|unterdr))|(?<!t1[ _-])(?<!t2[ _-])"
        r"(?<!pd[ _-])(?<!dp[ _-])(?<!t2\*[ _-])(?<!dw[ _-])w(?!/)"
    )),
    (ImageKind.FAT, _words(
        r"(?<!no[ _-])(?<!non[ _-])(?<!without[ _-])(?:fat|fett|graisse|grasa|grasso)(?![ _-]*(?:s\b|sat|sup|supp|null|"
        r"shift|frac|ges|unterdr|sel))|(?<!fat[ _-])f(?![/.]s)"
    )),
)  # fmt: skip
_SUFFIX = re.compile(
    r"[ _-](w|f|in|opp|ip|op|out|water|fat|inphase|outphase|in_phase|opp_phase|out_phase)$", re.IGNORECASE
)
_STACK_NUMBER = re.compile(r"(?:, echo \d+ \(TE .*\)| \(\d+\)| \[\d+\])$")


def words_of(volume: Volume) -> str:
    """What there is to read on a volume: its name and its description."""
    return f"{volume.name} {volume.description}"


def kinds_of(volumes: Sequence[Volume]) -> list[ImageKind]:
    """The kind of each volume; sister series are looked at together, as a lone "_F" may mean anything."""
    stems: dict[str, set[str]] = {}
    for volume in volumes:
        if ending := _SUFFIX.search(_bare_name(volume)):
            stems.setdefault(_bare_name(volume)[: ending.start()].lower(), set()).add(ending[1].lower())
    return [_kind_of(volume, stems) for volume in volumes]


def _kind_of(volume: Volume, stems: dict[str, set[str]]) -> ImageKind:
    said = _by_image_type(volume.origin.image_type)
    if said is not None:
        return said
    name, words = _bare_name(volume), words_of(volume)
    for kind, pattern in _BY_WORDS:
        if pattern.search(words):
            return kind
    if _COMPLEX_PART_AT_END.search(name):
        return ImageKind.PHASE
    if _SUB_AT_END.search(name):
        return ImageKind.SUBTRACTION
    if prefix := _GE_PREFIX.search(name):
        return _of_suffix(re.sub(r"[ _-]", "", prefix[1].lower()))
    ending = _SUFFIX.search(name)
    dixon = _DIXON.search(words) is not None or "DIXON" in volume.origin.image_type
    if ending and (dixon or len(stems.get(name[: ending.start()].lower(), ())) > 1) and not _weighting(name, ending):
        return _of_suffix(re.sub(r"_", "", ending[1].lower()))
    if dixon:
        for kind, pattern in _IN_DIXON:
            if pattern.search(name):
                return kind
    return ImageKind.PLAIN


def _by_image_type(values: Sequence[str]) -> ImageKind | None:
    """The worst that the values say; None where they say nothing, as the usual ORIGINAL, PRIMARY, M, ND, NORM do."""
    found = [_KIND_OF_PICTURE[picture] for picture in pictures_in(values) if picture in _KIND_OF_PICTURE]
    return max(found, key=lambda kind: (kind.penalty, kind is not ImageKind.WATER), default=None)


def _bare_name(volume: Volume) -> str:
    """The name without the number that distinguishes stacks of one name."""
    return _STACK_NUMBER.sub("", volume.name).strip()


def _weighting(name: str, ending: re.Match[str]) -> bool:
    """Whether a W at the end is that of T2 W."""
    before = re.split(r"[ _-]", name[: ending.start()])[-1].lower()
    return ending[1].lower() == "w" and before in ("t1", "t2", "t2*", "pd", "dp", "dw", "sw", "pw")


def _of_suffix(word: str) -> ImageKind:
    return {
        "w": ImageKind.WATER, "water": ImageKind.WATER, "f": ImageKind.FAT, "fat": ImageKind.FAT,
        "in": ImageKind.IN_PHASE, "ip": ImageKind.IN_PHASE, "inphase": ImageKind.IN_PHASE,
    }.get(word, ImageKind.OPPOSED)  # fmt: skip


_NOT = "".join(rf"(?<!{word}[ _-])" for word in ("no", "non", "not", "w/o", "wo", "without", "ohne", "sans", "sin"))
_FAT_SUPPRESSED = _words(
    rf"{_NOT}(?:f[./]?s|pdfs|fatsat|fat[ _-]?s(?:at(?:uration)?|up\w*)?|stir|tirm|spair|spir|chess|fettges\w*|"
    r"fettsat\w*|sat[ _-]?graisse|fat[ _-]?sat|water[ _-]?exc\w*|wasseranregung|we|wats|proset|pdw?[ _-]?fs|"
    r"t2w?[ _-]?fs)"
)
_DIXON_OR_WATER = _words(r"m?dixon\w*|water|ideal")
_FLUID = _words(r"pdw?|dp|t2w?|tse|fse|dess|proton|densit[eé][ _-]?(?:de[ _-]?)?protons?|cube|space|vista|medic|merge")
_T1 = _words(r"s?t1w?")  # Philips: sT1W_TSE


def contrast_rank(volume: Volume, kind: ImageKind) -> int:
    """How well joint fluid stands out, by the words.

    Returns:
        0 fat-suppressed or water, 1 a Dixon image of unsaid kind, 2 fluid-sensitive, 3 nothing said, 4 T1 with fat
        suppressed, 5 T1.
    """
    words = words_of(volume)
    suppressed = _FAT_SUPPRESSED.search(words) is not None or kind is ImageKind.WATER
    if _T1.search(words):
        return 4 if suppressed else 5
    if suppressed:
        return 0
    if kind is ImageKind.PLAIN and _DIXON_OR_WATER.search(words):
        return 1
    return 2 if _FLUID.search(words) else 3


_ARTHROGRAPHY = _words(
    # not arthrosis, arthritis, arthroplasty or arthroscopy
    rf"{_NOT}(?:\w*arth?rogra\w*|arthro(?:[ _-]?(?:mrt?|mri|irm))?|(?:mrt?|mri|irm)[ _-]?arthro|artro[ _-]?(?:rm|mr)|"
    r"mra[ _-]?(?:shoulder|schulter|knee|ankle))"
)


def says_arthrography(volume: Volume) -> bool:
    """Whether its words, or those of its exam, say that contrast agent was injected into the joint."""
    return bool(_ARTHROGRAPHY.search(f"{words_of(volume)} {volume.study_description}"))


_UNCORRECTED = re.compile(r"[ _-]ND$")
_REFORMATTED = _words(r"mpr|mprs|reformat\w*|reform|curved")


def is_reworked(volume: Volume) -> bool:
    """Whether it is a reformatted copy of another series, or the one whose distortion was left as it is."""
    said = Picture.REFORMATTED in pictures_in(volume.origin.image_type)
    return said or bool(_REFORMATTED.search(words_of(volume)) or _UNCORRECTED.search(_bare_name(volume)))


_LOCALIZER = _words(
    r"loc(?:s|ator|ali[sz]ers?|alizador|ali[sz]ateur|alizzatore|alizing)?\d*|lokali[sz]er|"
    r"(?:aa\w*)?scouts?|survey|pilot|topogram\w*|scano(?:gram)?|"
    r"(?:3|three|tri)[ _-]?(?:plane|planes|pl|ebenen)(?:[ _-]?loc\w*)?|triplan|"
    r"rep[eé]rage|centratore|[uü]bersicht|smartbrain|plan[ _-]?scan|planungs?[ _-]?scan"
)


def says_localizer(volume: Volume) -> bool:
    """Whether its words call it a localizer."""
    values = {str(value).upper() for value in volume.origin.image_type}
    return bool(_LOCALIZER.search(words_of(volume))) or "LOCALIZER" in values


def is_not_mr(volume: Volume) -> bool:
    """Whether it is marked as something else than MR, or, unmarked, looks like computed tomography."""
    if volume.modality:
        return volume.modality != "MR"
    return looks_like_hounsfield_units(volume.array)


def looks_like_hounsfield_units(array: np.ndarray) -> bool:
    """Whether values look like CT: much air near -1000, tissue near 0, bone up to some thousands."""
    sample = array[::4, ::4, ::4].astype(np.float32)
    low, high = float(sample.min()), float(sample.max())
    if not (-4096 <= low <= -900 and 200 <= high <= 5000):
        return False
    tissue = np.count_nonzero((sample > -200) & (sample < 200)) / sample.size
    air = np.count_nonzero(sample < -800) / sample.size
    return bool(tissue > 0.1 and tissue + air > 0.5)


def looks_like_labels(array: np.ndarray) -> bool:
    """Whether the values are a few whole numbers, each of many voxels, as in a label map or a mask."""
    for sample in (array[::8, ::8, ::8], array[::2, ::2, ::2]):  # the coarse look settles nearly all images
        values = np.unique(sample)
        if len(values) > MAX_LABELS or (values % 1).any():
            return False
    return len(values) * VOXELS_PER_LABEL <= sample.size
