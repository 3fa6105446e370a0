"""Imaging sites: reproducible sets of field strength, protocols and faults, to measure robustness by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.phantom.imaging.artefacts import Artefacts
from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol, TissueValues, signals, tissue_values, vary
from OrthoDiffusionLib.volumes.plane import Plane

KINDS = ("protocols", "physics", "randomised", "training")


@dataclass(frozen=True)
class ImagingSite:
    """One place that takes pictures.

    Attributes:
        name: for machines.
        title: for people.
        kind: "protocols" (fixed protocols), "physics" (any plausible protocol and field strength), "randomised"
            (any signal for any tissue, as SynthSeg) or "training" (a mixture of all that training may see).
        field_strength_t: of the magnet; drawn anew for every series where the kind is "physics".
        protocols: the series of each plane; one of them is drawn for a view.
        artefacts: how strong the faults are.
        held_out: no training ever draws it.
        isotropic: takes one 3D volume instead of three stacks.
    """

    name: str
    title: str
    kind: str
    field_strength_t: float = 1.5
    protocols: Mapping[Plane, tuple[Protocol, ...]] = field(default_factory=dict)
    artefacts: Artefacts = field(default_factory=Artefacts)
    held_out: bool = False
    isotropic: bool = False

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"kind must be one of {', '.join(KINDS)}, got {self.kind!r} instead")
        if self.kind == "protocols" and set(self.protocols) != set(Plane):
            raise ValueError(f"imaging site {self.name} must have protocols for all three planes")


@dataclass(frozen=True, eq=False)
class SeriesSetting:
    """Everything that was drawn for one series.

    Attributes:
        site: name of the imaging site.
        protocol: the sequence, or None where signals are random.
        field_strength_t: of the magnet, or None where signals are random.
        water, fat: (T,) float32 signal of each tissue before fat suppression.
        texture: (T, 5) float32, in the order of `contrast.TEXTURES`.
        fat_left: share of fat signal that is left.
        strengths: strengths and chances of the artefacts.
    """

    site: str
    protocol: Protocol | None
    field_strength_t: float | None
    water: np.ndarray
    fat: np.ndarray
    texture: np.ndarray
    fat_left: float
    strengths: dict[str, float]


def _fse(name: str, tr: float, te: float, fat_left: float = 1.0) -> Protocol:
    return Protocol(name, "fast_spin_echo", tr, te, fat_left=fat_left)


def _planes(*protocols: Protocol, **of_plane: tuple[Protocol, ...]) -> dict[Plane, tuple[Protocol, ...]]:
    return {plane: of_plane.get(plane.value, protocols) for plane in Plane}


_DESS = Protocol("DESS water excitation", "dess", 16.5, 5.0, flip_deg=25.0, fat_left=0.06)
_STIR_03T = Protocol("STIR", "inversion_recovery", 2600, 24, ti_ms=85)

_SITES = (
    ImagingSite(
        "low_field_03t",
        "Open magnet, 0.3 T",
        "protocols",
        0.3,
        _planes(
            _STIR_03T,
            sagittal=(Protocol("PD SE", "spin_echo", 1900, 26), _STIR_03T),
        ),
        Artefacts(noise=(0.008, 0.014), bias=(0.05, 0.15), acquired_mm=(0.8, 1.1), fat_shift_mm=(0.0, 0.3),
                  fat_failure=0.0, slice_jitter=(0.01, 0.05)),
    ),
    ImagingSite(
        "clinic_15t_a",
        "Clinic A, 1.5 T, fat-suppressed PD in three planes",
        "protocols",
        1.5,
        _planes(_fse("PD FSE fat-suppressed", 3000, 34, 0.06), _fse("PD FSE fat-suppressed", 2600, 28, 0.07)),
        Artefacts(noise=(0.03, 0.085), bias=(0.08, 0.25), windowed=0.8),
    ),
    ImagingSite(
        "clinic_15t_b",
        "Clinic B, 1.5 T, PD sagittal, T2 with fat suppression elsewhere",
        "protocols",
        1.5,
        _planes(
            _fse("T2 FSE fat-suppressed", 3800, 60, 0.08),
            sagittal=(_fse("PD FSE", 2400, 20), Protocol("T1 SE", "spin_echo", 560, 12)),
        ),
        Artefacts(noise=(0.012, 0.05), fat_failure=0.35, acquired_mm=(0.4, 0.8)),
    ),
    ImagingSite(
        "clinic_3t_a",
        "Clinic A, 3 T, fat-suppressed PD in three planes",
        "protocols",
        3.0,
        _planes(_fse("PD FSE fat-suppressed", 3600, 36, 0.05), _fse("PD FSE fat-suppressed", 3000, 30, 0.06)),
        Artefacts(noise=(0.022, 0.12), bias=(0.12, 0.28), fat_shift_mm=(0.3, 1.0)),
    ),
    ImagingSite(
        "clinic_3t_b",
        "Clinic B, 3 T, PD sagittal and coronal, T2 with fat suppression axial",
        "protocols",
        3.0,
        _planes(
            _fse("PD FSE", 3000, 28),
            coronal=(_fse("PD FSE", 3000, 28), _fse("PD FSE fat-suppressed", 3000, 30, 0.06)),
            axial=(_fse("T2 FSE fat-suppressed", 4200, 65, 0.06),),
        ),
        Artefacts(noise=(0.022, 0.12), bias=(0.12, 0.28), flow_ghost=(0.05, 0.25)),
    ),
    ImagingSite(
        "dess_3t",
        "Research 3D DESS, 3 T, cut in three planes",
        "protocols",
        3.0,
        _planes(_DESS),
        Artefacts(noise=(0.015, 0.08), bias=(0.1, 0.3), apodisation=(0.3, 1.0), windowed=0.3),
        isotropic=True,
    ),
    ImagingSite("physics", "Any plausible protocol, 0.3 to 3 T", "physics", artefacts=Artefacts(
        noise=(0.006, 0.10), bias=(0.02, 0.35), blur_mm=(0.0, 0.4), acquired_mm=(0.35, 0.9), apodisation=(0.0, 1.0),
        fat_shift_mm=(0.0, 1.6), fat_failure=0.25, flow_ghost=(0.0, 0.25), motion=0.1, gamma=(0.75, 1.3),
        slice_jitter=(0.0, 0.06), dark_border=0.05)),
    ImagingSite("randomised", "Random signal for every tissue", "randomised", artefacts=Artefacts(
        noise=(0.006, 0.10), bias=(0.02, 0.4), blur_mm=(0.0, 0.5), acquired_mm=(0.4, 1.1), apodisation=(0.0, 1.0),
        motion=0.1, gamma=(0.7, 1.4), slice_jitter=(0.0, 0.08), dark_border=0.05)),
    ImagingSite("training", "Mixture of all that training may see", "training"),
    ImagingSite(
        "held_out_03t",
        "Held out: permanent magnet, 0.3 T, T1 and gradient echo",
        "protocols",
        0.3,
        _planes(
            Protocol("T2 FSE", "fast_spin_echo", 3200, 80),
            sagittal=(Protocol("PD SE", "spin_echo", 1500, 22),),
            coronal=(Protocol("STIR", "inversion_recovery", 2000, 20, ti_ms=80),),
        ),
        Artefacts(noise=(0.010, 0.016), acquired_mm=(0.9, 1.2), fat_shift_mm=(0.0, 0.3), fat_failure=0.0),
        held_out=True,
    ),
    ImagingSite(
        "held_out_15t",
        "Held out: 1.5 T, intermediate echo times, weak fat suppression",
        "protocols",
        1.5,
        _planes(_fse("PD FSE fat-suppressed", 2500, 44, 0.15)),
        Artefacts(noise=(0.02, 0.07), bias=(0.2, 0.4), fat_failure=0.5, motion=0.15, gamma=(0.8, 0.95), windowed=1.0),
        held_out=True,
    ),
    ImagingSite(
        "held_out_3t",
        "Held out: 3 T, long echo trains, strong shading",
        "protocols",
        3.0,
        _planes(_fse("PD FSE fat-suppressed", 4500, 42, 0.05), sagittal=(_fse("PD FSE", 2200, 34),)),
        Artefacts(noise=(0.04, 0.09), bias=(0.3, 0.45), blur_mm=(0.3, 0.6), fat_shift_mm=(0.6, 1.4)),
        held_out=True,
    ),
)  # fmt: skip

IMAGING_SITES: dict[str, ImagingSite] = {item.name: item for item in _SITES}
"""All imaging sites by name."""

HELD_OUT_SITES: tuple[str, ...] = tuple(item.name for item in _SITES if item.held_out)
"""Imaging sites that only evaluation may draw."""

CLINICS: tuple[str, ...] = tuple(item.name for item in _SITES if item.kind == "protocols")
"""Imaging sites with fixed protocols, held-out ones included."""

# Fat that suppression misses: near the skin the field is off, and some protons of fat resonate beside its peak.
# Marrow is suppressed well. Largest shares, assumed.
_BESIDE_FAT_PEAK = {"subcutaneous_fat": 0.19, "loose_fat": 0.17, "fat_pad": 0.15}

# The share of fully randomised contrasts in training, and of the fixed protocols it may see. The first was a quarter
# until physics alone taught better in Docs/experiments/variants.md; some is kept for what no equation foresees.
_RANDOMISED_SHARE, _CLINIC_SHARE = 0.1, 0.2


def site_named(name: str | ImagingSite, *, training: bool = False) -> ImagingSite:
    """The imaging site of a name.

    Args:
        name: a key of IMAGING_SITES; an ImagingSite is passed through.
        training: refuse imaging sites that are held out for evaluation.

    Raises:
        OrthoDiffusionError: if there is no such imaging site, or training may not see it; it names the possible ones.
    """
    possible = [key for key in IMAGING_SITES if not (training and key in HELD_OUT_SITES)]
    site = name if isinstance(name, ImagingSite) else IMAGING_SITES.get(name)
    if site is None:
        raise OrthoDiffusionError(
            f"There is no imaging site called {name!r}", remedy=f"Choose one of: {', '.join(possible)}."
        )
    if training and site.held_out:
        raise OrthoDiffusionError(
            f"The imaging site {site.name!r} is held out for evaluation and must not be trained on",
            remedy=f"Choose one of: {', '.join(possible)}.",
        )
    return site


def draw_subject(names: tuple[str, ...], rng: np.random.Generator) -> TissueValues:
    """One person's variation around typical tissues, as factors (kept as values at 1.5 T)."""
    return vary(tissue_values(names, 1.5), rng)


def draw_setting(
    site: ImagingSite, plane: Plane, tissue_names: tuple[str, ...], rng: np.random.Generator,
    subject: TissueValues | None = None, field_strength_t: float | None = None,
) -> SeriesSetting:  # fmt: skip
    """Draw the setting of one series.

    Args:
        site: where it is taken.
        plane: which protocol list it is taken from.
        tissue_names: tissues the signals are wanted for, in this order.
        rng: the only source of chance.
        subject: values of one person at 1.5 T from `draw_subject`, so that his series agree; drawn if None.
        field_strength_t: of the magnet, where the imaging site leaves it open; drawn if None.
    """
    if site.kind == "training":
        name = _draw_trained(rng)
        return draw_setting(IMAGING_SITES[name], plane, tissue_names, rng, subject, field_strength_t)
    if site.kind == "randomised":
        return _randomised_setting(site, tissue_names, rng)
    field_strength, protocol = site.field_strength_t, None
    if site.kind == "physics":
        field_strength = field_strength_t or draw_field_strength(rng)
        protocol = draw_protocol(rng, field_strength)
    else:
        protocol = site.protocols[plane][int(rng.integers(len(site.protocols[plane])))]
    person = _at_field(subject or draw_subject(tissue_names, rng), field_strength)
    water, fat = signals(person, protocol)
    if protocol.fat_left < 1:
        _miss_fat(water, fat, tissue_names, rng)
    if protocol.sequence in ("spin_echo", "fast_spin_echo", "inversion_recovery"):
        # Blood leaves the slice between pulse and echo; how much of its signal stays depends on its speed.
        for name, kept in (("vessel", rng.uniform(0.02, 0.25)), ("vein", rng.uniform(0.05, 0.6))):
            if name in tissue_names:
                water[tissue_names.index(name)] *= kept
    strengths = site.artefacts.draw(rng)
    # Signal grows with the field, so noise shrinks against it.
    strengths["noise"] *= float(np.clip(1.5 / field_strength, 0.5, 5.0))
    left = float(np.clip(protocol.fat_left * rng.lognormal(0.0, 0.35), 0.01, 1.0)) if protocol.fat_left < 1 else 1.0
    if not protocol.is_fat_suppressed or protocol.sequence == "inversion_recovery":
        strengths["fat_failure"] = 0.0
    return SeriesSetting(site.name, protocol, field_strength, water, fat, person.texture, left, strengths)


def _draw_trained(rng: np.random.Generator) -> str:
    """One of the imaging sites that make up "training"."""
    dice = rng.random()
    if dice < _RANDOMISED_SHARE:
        return "randomised"
    trainable = [name for name in CLINICS if name not in HELD_OUT_SITES]
    return str(rng.choice(trainable)) if dice < _RANDOMISED_SHARE + _CLINIC_SHARE else "physics"


def _at_field(subject: TissueValues, field_strength_t: float) -> TissueValues:
    """One person's values, known at 1.5 T, at another field strength."""
    typical, at_15 = tissue_values(subject.names, field_strength_t), tissue_values(subject.names, 1.5)
    return TissueValues(
        typical.names,
        typical.t1_ms * (subject.t1_ms / at_15.t1_ms),
        typical.t2_ms * (subject.t2_ms / at_15.t2_ms),
        subject.proton_density,
        subject.fat_fraction,
        typical.dephasing_per_s,
        subject.texture,
    )


def _miss_fat(water: np.ndarray, fat: np.ndarray, tissue_names: tuple[str, ...], rng: np.random.Generator) -> None:
    """Move what fat suppression misses from the fat to the water signal, in place."""
    for name, most in _BESIDE_FAT_PEAK.items():
        if name in tissue_names:
            number = tissue_names.index(name)
            # Often as much as makes fat nearly as bright as muscle.
            missed = most * rng.uniform(0.1, 1.0) * fat[number]
            water[number] += missed
            fat[number] -= missed


def draw_field_strength(rng: np.random.Generator) -> float:
    """Field strength of a magnet as clinics have them, tesla (shares assumed)."""
    return float(rng.choice([0.3, 0.55, 1.0, 1.5, 3.0], p=[0.08, 0.07, 0.05, 0.4, 0.4]))


def draw_protocol(rng: np.random.Generator, field_strength_t: float) -> Protocol:
    """Any protocol a knee might be taken with; fat-suppressed PD most often, as in the clinics of the imaging sites."""
    uniform = rng.uniform
    kind = str(rng.choice(
        ["PD FS", "PD", "T2 FS", "T1", "DESS", "STIR", "T2", "GRE"], p=[0.34, 0.16, 0.15, 0.09, 0.10, 0.06, 0.05, 0.05]
    ))  # fmt: skip
    if kind in ("PD", "PD FS"):
        left = uniform(0.02, 0.2) if kind == "PD FS" else 1.0
        return Protocol(f"{kind} FSE", "fast_spin_echo", uniform(1800, 5000), uniform(12, 50), fat_left=left)
    if kind in ("T2", "T2 FS"):
        left = uniform(0.02, 0.2) if kind == "T2 FS" else 1.0
        return Protocol(f"{kind} FSE", "fast_spin_echo", uniform(3000, 6000), uniform(50, 100), fat_left=left)
    if kind == "T1":
        return Protocol("T1 SE", "spin_echo", uniform(400, 900), uniform(8, 20))
    if kind == "STIR":
        # Inversion time near the null of fat, whose T1 follows the field.
        null = 0.69 * 288.0 * (371.0 / 288.0) ** np.log2(field_strength_t / 1.5)
        return Protocol(
            "STIR", "inversion_recovery", uniform(2500, 5000), uniform(15, 50), ti_ms=null * uniform(0.85, 1.1)
        )
    if kind == "GRE":
        left = 1.0 if rng.random() < 0.6 else uniform(0.05, 0.3)
        return Protocol(
            "GRE", "gradient_echo", uniform(20, 500), uniform(4, 14), flip_deg=uniform(15, 60), fat_left=left
        )
    return Protocol(
        "DESS", "dess", uniform(14, 22), uniform(4, 6.5), flip_deg=uniform(18, 40), fat_left=uniform(0.03, 0.3)
    )


def _randomised_setting(site: ImagingSite, names: tuple[str, ...], rng: np.random.Generator) -> SeriesSetting:
    """Any grey for any tissue, after the idea of SynthSeg (Billot et al. 2023); related tissues often look alike."""
    signal = {name: float(rng.random()) for name in names}
    for alike in (
        ("bone_marrow", "red_marrow", "fat_pad", "subcutaneous_fat", "loose_fat"),
        ("ligament", "tendon", "fascia", "thin_fascia", "meniscus", "cortical_bone", "thin_cortex"),
        ("synovium", "muscle"),
    ):
        if rng.random() < 0.5:
            shared = float(rng.random())
            signal.update(
                {name: float(np.clip(shared + rng.normal(0, 0.08), 0, 1)) for name in alike if name in signal}
            )
    if "cortical_bone" in signal and rng.random() < 0.7:
        signal["cortical_bone"] *= 0.3
    # Sheets thinner than a voxel look like what they are and what lies about them.
    for thin, sheet, about in (
        ("thin_fascia", "fascia", "subcutaneous_fat"),
        ("thin_cortex", "cortical_bone", "bone_marrow"),
    ):
        if {thin, sheet, about} <= set(signal):
            signal[thin] = 0.5 * (signal[sheet] + signal[about])
    # Around a limb there is air, and air is dark in nearly every picture.
    signal.update({name: float(rng.random() * 0.05) for name in ("air", "metal") if name in signal})
    # Grain and patches in every tissue; strands, walls and mottle where the real tissue has them, darker or brighter.
    texture = tissue_values(names, 1.5).texture * rng.choice([-1.0, 1.0], (len(names), 5))
    texture[:, :2] = (0.07, 0.10)
    texture = (texture * rng.lognormal(-0.2, 0.5, (len(names), 5))).astype(np.float32)
    strengths = site.artefacts.draw(rng)
    strengths.update(fat_failure=0.0, fat_shift_mm=0.0)
    water = np.array([signal[name] for name in names], np.float32)
    return SeriesSetting(site.name, None, None, water, np.zeros_like(water), texture, 1.0, strengths)
