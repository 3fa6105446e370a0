"""Contrast: tissue to signal by the equations of the sequences a knee protocol uses, 0.2 to 3 T.

Relaxation times at 1.5 and 3 T of cartilage, muscle, synovial fluid, fat and marrow fat follow Gold et al. 2004 (AJR);
all other rows, all proton densities, fat fractions and textures are assumed values that give the look of textbook
images. Other field strengths follow the power law through the two columns (assumed).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np


@dataclass(frozen=True)
class Tissue:
    """What one tissue sends back.

    Attributes:
        t1_ms: longitudinal relaxation time at 1.5 T and 3 T.
        t2_ms: transverse relaxation time at 1.5 T and 3 T.
        proton_density: against water, 0 to 1.
        fat_fraction: share of the signal that comes from fat, 0 to 1.
        grain: relative spread of signal over about 1 mm.
        patch: relative spread over about 6 mm.
        fibre: relative spread across fibres that run along the limb; the widest gaps between them hold fat.
        dephasing_per_s: extra decay of gradient echoes at 1.5 T, in proportion to the field; bone's lattice causes it.
        septa: share of fat that gives way to water in the walls between lobules.
        mottle: spread of the share of water between specks and patches of a tissue, as blood-forming islets and
            vessels in fatty marrow; it shows where fat is suppressed.
    """

    t1_ms: tuple[float, float]
    t2_ms: tuple[float, float]
    proton_density: float
    fat_fraction: float
    grain: float = 0.05
    patch: float = 0.05
    fibre: float = 0.0
    dephasing_per_s: float = 10.0
    septa: float = 0.0
    mottle: float = 0.0


TISSUES: dict[str, Tissue] = {
    "air": Tissue((1000, 1000), (1, 1), 0.0, 0.0, 0.0, 0.0),
    "skin": Tissue((900, 1000), (28, 25), 0.65, 0.2, 0.10, 0.15),
    "subcutaneous_fat": Tissue((288, 371), (165, 133), 0.97, 0.96, 0.065, 0.05, 0.0, septa=0.06, mottle=0.008),
    # The fat between muscles and round vessels: streaked along the limb by what runs in it.
    "loose_fat": Tissue((290, 373), (160, 130), 0.96, 0.93, 0.06, 0.05, 0.05, septa=0.08, mottle=0.012),
    # Proton density lowered for the magnetisation transfer of multi-slice imaging, which muscle shows most (assumed).
    "muscle": Tissue((1130, 1420), (35, 32), 0.66, 0.05, 0.015, 0.01, 0.06),
    "fascia": Tissue((700, 850), (12, 10), 0.5, 0.2, 0.15, 0.15),
    # A voxel that a sheet of less than its own thickness shares with fat.
    "thin_fascia": Tissue((420, 500), (60, 50), 0.72, 0.66, 0.12, 0.15),
    # Trabeculae take up room that fat does not have.
    "bone_marrow": Tissue((288, 365), (165, 133), 0.92, 0.925, 0.06, 0.01, 0.01, 70.0, septa=0.002, mottle=0.012),
    "red_marrow": Tissue((400, 490), (90, 80), 0.85, 0.77, 0.05, 0.05, 0.03, 70.0, septa=0.01, mottle=0.022),
    "cortical_bone": Tissue((200, 220), (0.5, 0.4), 0.20, 0.0, 0.05, 0.05),
    "thin_cortex": Tissue((270, 340), (120, 100), 0.45, 0.85, 0.08, 0.08, 0.0, 70.0),
    "cartilage": Tissue((1060, 1240), (42, 37), 0.79, 0.0, 0.04, 0.06),
    "synovial_fluid": Tissue((2850, 3620), (1210, 767), 1.0, 0.0, 0.04, 0.04),
    "meniscus": Tissue((550, 700), (12, 11), 0.58, 0.0, 0.10, 0.12),
    "ligament": Tissue((850, 1000), (14, 12), 0.56, 0.03, 0.08, 0.08, 0.16),
    "tendon": Tissue((600, 700), (8, 7), 0.57, 0.02, 0.06, 0.08, 0.12),
    "fat_pad": Tissue((290, 373), (165, 133), 0.99, 0.93, 0.07, 0.05, 0.03, septa=0.04, mottle=0.016),
    "synovium": Tissue((900, 1050), (60, 55), 0.82, 0.40, 0.12, 0.20, septa=0.15),
    "vessel": Tissue((1400, 1700), (120, 90), 0.70, 0.0, 0.10, 0.25),
    "vein": Tissue((1400, 1700), (110, 60), 0.70, 0.0, 0.10, 0.25),
    "nerve": Tissue((1000, 1150), (52, 48), 0.75, 0.25, 0.10, 0.08, 0.20),
    "marrow_oedema": Tissue((1000, 1200), (95, 85), 0.93, 0.46, 0.10, 0.20, 0.0, 60.0, mottle=0.06),
    "torn_ligament": Tissue((1300, 1500), (80, 70), 0.82, 0.04, 0.15, 0.20, 0.10),
    "torn_meniscus": Tissue((1600, 1900), (120, 100), 0.85, 0.0, 0.08, 0.12),
    "soft_tissue_oedema": Tissue((1500, 1750), (150, 120), 0.93, 0.35, 0.10, 0.20, septa=0.15),
    "ligament_mucoid": Tissue((1000, 1200), (45, 40), 0.75, 0.03, 0.12, 0.15, 0.12),
    "physeal_scar": Tissue((420, 480), (70, 60), 0.62, 0.72, 0.15, 0.20, 0.0, 70.0),
    "metal": Tissue((1000, 1000), (0.1, 0.1), 0.0, 0.0, 0.0, 0.0),
}

TEXTURES = ("grain", "patch", "fibre", "septa", "mottle")
"""The columns of a texture table."""

SEQUENCES = ("spin_echo", "fast_spin_echo", "inversion_recovery", "gradient_echo", "dess")

# What magnetisation transfer by the train of refocusing pulses leaves of muscle's signal (assumed).
_MUSCLE_AFTER_TRANSFER = 0.82

_DICOM_SEQUENCES = {
    "spin_echo": ("SE", "NONE"),
    "fast_spin_echo": ("SE", "SK"),
    "inversion_recovery": (["SE", "IR"], "SK"),
    "gradient_echo": ("GR", "SP"),
    "dess": ("GR", "SS"),
}


@dataclass(frozen=True)
class Protocol:
    """The settings of one series.

    Attributes:
        name: what a reader would call it, e.g. "PD FSE fat-suppressed".
        sequence: one of SEQUENCES.
        tr_ms: repetition time.
        te_ms: (effective) echo time.
        ti_ms: inversion time, for inversion recovery.
        flip_deg: flip angle, for gradient echoes.
        fat_left: share of the fat signal that is left, 1 without fat suppression.
    """

    name: str
    sequence: str
    tr_ms: float
    te_ms: float
    ti_ms: float = 0.0
    flip_deg: float = 90.0
    fat_left: float = 1.0

    def __post_init__(self) -> None:
        if self.sequence not in SEQUENCES:
            raise ValueError(f"sequence must be one of {', '.join(SEQUENCES)}, got {self.sequence!r} instead")

    @property
    def is_fat_suppressed(self) -> bool:
        """Whether fat is meant to be dark, by saturation, excitation or inversion."""
        return self.fat_left < 0.5 or self.sequence == "inversion_recovery"

    def dicom_tags(self) -> dict[str, object]:
        """DICOM keywords of the MR Image module (PS3.3, C.8.3.1) and their values."""
        scanning, variant = _DICOM_SEQUENCES[self.sequence]
        tags: dict[str, object] = {
            "ScanningSequence": scanning,
            "SequenceVariant": variant,
            "ScanOptions": "FS" if self.fat_left < 0.5 else "",
            "MRAcquisitionType": "3D" if self.sequence == "dess" else "2D",
            "RepetitionTime": f"{self.tr_ms:g}",
            "EchoTime": f"{self.te_ms:g}",
            "EchoTrainLength": 9 if self.sequence == "fast_spin_echo" else 1,
            "FlipAngle": f"{self.flip_deg:g}",
        }
        if self.sequence == "inversion_recovery":
            tags["InversionTime"] = f"{self.ti_ms:g}"
        return tags


@dataclass(frozen=True, eq=False)
class TissueValues:
    """The tissues of one person at one field strength; each attribute has one entry a tissue name.

    Attributes:
        names: tissue names.
        t1_ms, t2_ms, proton_density, fat_fraction: (T,) float32.
        dephasing_per_s: (T,) float32 extra decay of gradient echoes at this field strength.
        texture: (T, 5) float32, in the order of `TEXTURES`.
    """

    names: tuple[str, ...]
    t1_ms: np.ndarray
    t2_ms: np.ndarray
    proton_density: np.ndarray
    fat_fraction: np.ndarray
    dephasing_per_s: np.ndarray
    texture: np.ndarray


def tissue_values(names: tuple[str, ...], field_strength_t: float) -> TissueValues:
    """The typical values of tissues at a field strength.

    Raises:
        ValueError: for a tissue that is not in TISSUES, naming it.
    """
    unknown = sorted(set(names) - set(TISSUES))
    if unknown:
        raise ValueError(f"tissue must be one of {', '.join(TISSUES)}, got {', '.join(unknown)} instead")
    rows = [TISSUES[name] for name in names]
    doublings = np.log2(field_strength_t / 1.5)

    def at_field(pairs: list[tuple[float, float]]) -> np.ndarray:
        low, high = np.array(pairs, np.float64).T
        return (low * (high / low) ** doublings).astype(np.float32)

    return TissueValues(
        tuple(names),
        at_field([row.t1_ms for row in rows]),
        at_field([row.t2_ms for row in rows]),
        np.array([row.proton_density for row in rows], np.float32),
        np.array([row.fat_fraction for row in rows], np.float32),
        np.array([row.dephasing_per_s for row in rows], np.float32) * np.float32(field_strength_t / 1.5),
        np.array([[getattr(row, name) for name in TEXTURES] for row in rows], np.float32),
    )


def vary(values: TissueValues, rng: np.random.Generator, amount: float = 1.0) -> TissueValues:
    """One person's values: T1 ± 15 %, T2 ± 25 %, proton density ± 6 % (at `amount` 1), textures 0.45 to 1.4 times.

    Shares of fat vary by their odds, ± 40 %: a fatty tissue's share of water differs as much as muscle's share of fat.
    """
    count = len(values.names)
    strength = rng.uniform(0.45, 1.4) * rng.lognormal(0.0, 0.2 * amount, (count, 1))
    odds = rng.lognormal(0.0, 0.4 * amount, count)
    share = values.fat_fraction
    return replace(
        values,
        t1_ms=values.t1_ms * rng.lognormal(0.0, 0.15 * amount, count).astype(np.float32),
        t2_ms=values.t2_ms * rng.lognormal(0.0, 0.25 * amount, count).astype(np.float32),
        proton_density=values.proton_density * rng.lognormal(0.0, 0.06 * amount, count).astype(np.float32),
        fat_fraction=(share * odds / (1.0 - share + share * odds)).astype(np.float32),
        texture=(values.texture * strength).astype(np.float32),
    )


def signals(values: TissueValues, protocol: Protocol) -> tuple[np.ndarray, np.ndarray]:
    """Signal of each tissue, apart for water and fat, before fat suppression fails or succeeds.

    Returns:
        (water, fat): (T,) float32 each, 0 or more; the sum is what is seen without fat suppression. Inversion
        recovery has its nulling of fat in both.
    """
    magnitude = _EQUATIONS[protocol.sequence](
        values.t1_ms.astype(np.float64), values.t2_ms.astype(np.float64), protocol
    )
    if protocol.sequence in ("gradient_echo", "dess"):
        magnitude = magnitude * np.exp(-protocol.te_ms / 1000.0 * values.dephasing_per_s)
    if protocol.sequence == "fast_spin_echo" and "muscle" in values.names:
        magnitude[values.names.index("muscle")] *= _MUSCLE_AFTER_TRANSFER
    total = (values.proton_density * magnitude).astype(np.float32)
    return total * (1.0 - values.fat_fraction), total * values.fat_fraction


def _spin_echo(t1: np.ndarray, t2: np.ndarray, protocol: Protocol) -> np.ndarray:
    """PD (1 - exp(-TR/T1)) exp(-TE/T2)."""
    return (1 - np.exp(-protocol.tr_ms / t1)) * np.exp(-protocol.te_ms / t2)


def _fast_spin_echo(t1: np.ndarray, t2: np.ndarray, protocol: Protocol) -> np.ndarray:
    """Spin echo at the effective echo time; the echo train stops J-coupling, so fat (here: short T1) decays slower."""
    fatty = t1 < 450
    return _spin_echo(t1, np.where(fatty, 1.4 * t2, t2), protocol)


def _inversion_recovery(t1: np.ndarray, t2: np.ndarray, protocol: Protocol) -> np.ndarray:
    """|1 - 2 exp(-TI/T1) + exp(-TR/T1)| exp(-TE/T2)."""
    recovery = 1 - 2 * np.exp(-protocol.ti_ms / t1) + np.exp(-protocol.tr_ms / t1)
    return np.abs(recovery) * np.exp(-protocol.te_ms / t2)


def _gradient_echo(t1: np.ndarray, t2: np.ndarray, protocol: Protocol) -> np.ndarray:
    """Spoiled gradient echo (Ernst); `signals` adds the dephasing that makes T2 into T2*."""
    flip = np.deg2rad(protocol.flip_deg)
    e1 = np.exp(-protocol.tr_ms / t1)
    return np.sin(flip) * (1 - e1) / (1 - np.cos(flip) * e1) * np.exp(-protocol.te_ms / t2)


def _dess(t1: np.ndarray, t2: np.ndarray, protocol: Protocol) -> np.ndarray:
    """Sum of the steady-state free induction and its echo (after Hänicke and Vogel's closed form, from memory)."""
    flip = np.deg2rad(protocol.flip_deg)
    e1 = np.exp(-protocol.tr_ms / t1)
    e2 = np.exp(-protocol.tr_ms / t2)
    p = 1 - e1 * np.cos(flip) - e2**2 * (e1 - np.cos(flip))
    q = e2 * (1 - e1) * (1 + np.cos(flip))
    root = (1 - e2**2) / np.sqrt(np.maximum(p**2 - q**2, 1e-12))
    induction = np.tan(flip / 2) * (1 - (e1 - np.cos(flip)) * root)
    echo = np.tan(flip / 2) * (1 - (1 - e1 * np.cos(flip)) * root)
    decay = np.exp(-protocol.te_ms / t2)
    # The echo still grows when it is read, TE before the next pulse.
    growth = np.exp(np.minimum(protocol.te_ms / t2, 5.0))
    return np.maximum(induction, 0) * decay + np.maximum(echo, 0) * growth


_EQUATIONS = {
    "spin_echo": _spin_echo,
    "fast_spin_echo": _fast_spin_echo,
    "inversion_recovery": _inversion_recovery,
    "gradient_echo": _gradient_echo,
    "dess": _dess,
}
