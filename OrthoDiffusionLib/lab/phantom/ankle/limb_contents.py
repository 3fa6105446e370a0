"""Where muscles, vessels and nerves run in a typical right ankle; assumed, drawn after axial pictures.

x is lateral, y anterior, z up from the top of the talar dome, mm.
"""

from __future__ import annotations

# Cross-sections of the leg's muscles: height, x, y, radius across, radius deep, angle (degrees from x).
MUSCLES: dict[str, tuple[tuple[float, ...], ...]] = {
    "soleus": ((22, 8, -38, 7, 2, 0), (40, 8, -35, 14, 5, 0), (60, 7, -33, 20, 8, 0), (88, 6, -31, 26, 11, 0)),
    "flexor_hallucis": (
        (-6, -1, -25, 4, 2.5, 0), (8, 4, -26, 8, 5.5, 0), (35, 11, -23, 10, 7.5, 0), (60, 15, -20, 10, 8, 0),
        (88, 18, -19, 11, 8, 10),
    ),
    "flexor_digitorum": ((28, -16, -18, 4, 3, 0), (50, -12, -17, 6, 5, -10), (88, -9, -17, 9, 6, -15)),
    "tibialis_posterior": ((40, -6, -14, 5, 3, 0), (60, 3, -14, 8, 4, 0), (88, 10, -11, 10, 6, 0)),
    "peroneus_brevis": (
        (0, 30, -17, 3, 3, 0), (20, 31, -18, 5, 4, 0), (50, 34, -16, 6, 5, 30), (88, 35, -13, 6, 8, 20),
    ),
    "peroneus_longus": ((55, 37, -16, 2, 3, 30), (88, 39, -8, 4, 7, 20)),
    "tibialis_anterior": ((45, -3, 23, 4, 3, 0), (65, -1, 24, 7, 5, -10), (88, 3, 24, 9, 7, -20)),
    "extensor_hallucis": ((8, 3, 22, 3, 2, 0), (30, 6, 20, 5, 3, 0), (60, 12, 17, 6, 6, 0), (88, 15, 14, 6, 7, 0)),
    "extensor_digitorum": (
        (-4, 15, 22, 4, 2, 0), (15, 15, 19, 6, 3, -10), (45, 20, 15, 6, 6, -30), (88, 26, 10, 6, 9, -30),
    ),
}  # fmt: skip

# Muscles of the foot: (x, y, z) from behind, half width across x, half height.
FOOT_MUSCLES: dict[str, tuple[tuple[tuple[float, float, float], ...], float, float]] = {
    "abductor_hallucis": (((-8, -30, -63), (-19, -8, -58), (-30, 20, -57), (-38, 60, -66)), 6.0, 9.5),
    "flexor_digitorum_brevis": (((4, -28, -70), (2, 0, -70), (-4, 35, -72), (-8, 70, -79)), 12.5, 6.0),
    "abductor_digiti_minimi": (((15, -30, -69), (21, 0, -67), (23, 35, -73), (18, 70, -82)), 7.5, 6.5),
    "quadratus_plantae": (((-3, -18, -60), (-6, 5, -61), (-8, 40, -66)), 10.5, 6.0),
    "extensor_brevis": (((13, 16, -33), (9, 32, -34), (2, 56, -35), (-6, 85, -48)), 7.0, 3.2),
    "adductor_hallucis": (((-4, 52, -66), (-14, 75, -70), (-22, 100, -76)), 13.0, 6.5),
    "flexor_hallucis_brevis": (((-14, 45, -64), (-26, 70, -70), (-33, 104, -78)), 8.0, 7.0),
    "interossei": (((0, 55, -55), (-8, 80, -62), (-14, 104, -70)), 17.0, 5.5),
}

# Vessels and nerves: what they are, (x, y, z) and radius.
CORDS: dict[str, tuple[str, tuple[tuple[float, float, float, float], ...]]] = {
    "posterior_tibial_artery": ("artery", ((-6, -22, 88, 1.4), (-12, -24, 40, 1.4), (-16, -24, 5, 1.3),
                                           (-19, -19, -18, 1.3), (-21, -8, -40, 1.1), (-18, 12, -56, 1.0))),
    "posterior_tibial_vein": ("vein", ((-9, -23, 88, 1.5), (-14, -25, 40, 1.6), (-19, -23.5, 5, 1.5),
                                       (-22, -17, -18, 1.4), (-23, -6, -42, 1.2))),
    "posterior_tibial_vein_2": ("vein", ((-5, -24.5, 60, 1.2), (-13, -26.5, 20, 1.2), (-17, -22.5, -10, 1.2))),
    "tibial_nerve": ("nerve", ((-3, -24, 88, 1.9), (-9, -26.5, 40, 1.9), (-13, -27, 5, 1.8), (-17, -22, -20, 1.6),
                               (-18, -10, -44, 1.3))),
    "anterior_tibial_artery": ("artery", ((9, 12, 88, 1.2), (7, 17, 50, 1.2), (3, 20.5, 15, 1.1), (1.5, 22, -1, 1.0),
                                          (-4, 31, -14, 0.9), (-12, 58, -25, 0.8))),
    "anterior_tibial_vein": ("vein", ((11, 12, 88, 1.2), (9, 17, 50, 1.2), (5.5, 20.5, 15, 1.1), (4, 22.5, -1, 1.0))),
    "peroneal_artery": ("artery", ((17, -10, 88, 1.0), (17, -14, 45, 0.9), (20, -18, 10, 0.8))),
    "great_saphenous_vein": ("vein", ((-22, 8, 88, 1.5), (-26, 12, 35, 1.6), (-28, 16, 5, 1.6), (-32, 26, -20, 1.4),
                                      (-34, 50, -32, 1.2))),
    "small_saphenous_vein": ("vein", ((18, -44, 88, 1.3), (25, -36, 30, 1.4), (32, -24, -5, 1.4), (37, -8, -34, 1.2))),
    "sural_nerve": ("nerve", ((21, -43, 88, 1.0), (27, -34, 30, 1.0), (34, -21, -8, 0.9), (38, -4, -36, 0.8))),
}  # fmt: skip
