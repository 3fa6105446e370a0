"""Gelenke, Strukturen, Befunde, Messungen und Überschriften."""

from OrthoDiffusionLib.messages.sentence import Sentence

_JOINTS = {
    # alle sächlich, damit Artikel und Endungen in den Sätzen stimmen
    "knee": "Kniegelenk", "ankle": "Sprunggelenk", "shoulder": "Schultergelenk", "joint": "Gelenk",
}  # fmt: skip

_STRUCTURES = {
    "femur": "Femur",
    "tibia": "Tibia",
    "patella": "Patella",
    "fibula": "Fibula",
    "femoral_cartilage": "Femurknorpel",
    "medial_tibial_cartilage": "medialer Tibiaknorpel",
    "lateral_tibial_cartilage": "lateraler Tibiaknorpel",
    "patellar_cartilage": "Patellaknorpel",
    "medial_meniscus": "Innenmeniskus",
    "lateral_meniscus": "Außenmeniskus",
    "anterior_cruciate_ligament": "vorderes Kreuzband",
    "posterior_cruciate_ligament": "hinteres Kreuzband",
    "medial_collateral_ligament": "Innenband",
    "lateral_collateral_ligament": "Außenband",
    "patellar_tendon": "Patellarsehne",
    "quadriceps_tendon": "Quadrizepssehne",
    "infrapatellar_fat_pad": "Hoffa-Fettkörper",
    "joint_fluid": "Gelenkflüssigkeit",
}

_FINDINGS = {
    "anterior_cruciate_ligament_injury": "Verletzung des vorderen Kreuzbands",
    "posterior_cruciate_ligament_injury": "Verletzung des hinteren Kreuzbands",
    "medial_meniscus_injury": "Verletzung des Innenmeniskus",
    "lateral_meniscus_injury": "Verletzung des Außenmeniskus",
    "medial_collateral_ligament_injury": "Verletzung des Innenbands",
    "lateral_collateral_ligament_injury": "Verletzung des Außenbands",
    "patellar_dislocation": "Patellaluxation",
    "joint_effusion": "Gelenkerguss",
    # Sprunggelenk
    "anterior_talofibular_ligament_injury": "Verletzung des Lig. fibulotalare anterius",
    "calcaneofibular_ligament_injury": "Verletzung des Lig. fibulocalcaneare",
    "achilles_tendon_rupture": "Achillessehnenruptur",
    "talar_osteochondral_lesion": "osteochondrale Läsion des Talus",
    # Schulter
    "supraspinatus_injury": "Verletzung der Supraspinatussehne",
    "infraspinatus_injury": "Verletzung der Infraspinatussehne",
    "subscapularis_injury": "Verletzung der Subscapularissehne",
    "long_head_of_biceps_injury": "Verletzung der langen Bizepssehne",
    "acromioclavicular_joint_disease": "Erkrankung des Akromioklavikulargelenks",
    "glenohumeral_joint_disease": "Erkrankung des Glenohumeralgelenks",
    "subacromial_subdeltoid_bursitis": "Bursitis subacromialis-subdeltoidea",
    # wonach nie gesucht wird
    "fracture": "Fraktur",
    "bone_marrow_oedema": "Knochenmarködem",
    "tumour": "Tumor",
    "loose_body": "freier Gelenkkörper",
    "cartilage_defect": "Knorpeldefekt",
    "cyst": "Zyste",
}

_MEASUREMENTS = {
    "insall_salvati_ratio": "Insall-Salvati-Index",
    "caton_deschamps_ratio": "Caton-Deschamps-Index",
    "trochlear_sulcus_angle": "Sulkuswinkel der Trochlea",
    "trochlear_depth": "Trochleatiefe",
    "lateral_trochlear_inclination": "laterale Trochleainklination",
    "patellar_tilt": "Patellakippung",
    "tt_tg_distance": "TT-TG-Abstand",
    "medial_tibial_slope": "medialer tibialer Slope",
    "lateral_tibial_slope": "lateraler tibialer Slope",
    "medial_meniscal_extrusion": "Extrusion des Innenmeniskus",
    "lateral_meniscal_extrusion": "Extrusion des Außenmeniskus",
    "effusion_volume": "Volumen der Gelenkflüssigkeit",
    "effusion_depth": "Tiefe des suprapatellaren Ergusses",
    "femoral_cartilage_thickness": "Femurknorpel, mittlere Dicke",
    "medial_tibial_cartilage_thickness": "medialer Tibiaknorpel, mittlere Dicke",
    "lateral_tibial_cartilage_thickness": "lateraler Tibiaknorpel, mittlere Dicke",
    "patellar_cartilage_thickness": "Patellaknorpel, mittlere Dicke",
}

_ABOVE_FEMUR = "auf dem subchondralen Knochen, 3 cm über dem unteren Ende des Femurs"
_SLOPE = (
    "Neigung des subchondralen Knochens des {} Tibiaplateaus von vorn nach hinten gegen eine Senkrechte zur Achse des "
    "Tibiaschafts, in einer sagittalen Schicht durch die Mitte des Plateaus; positiv, wo das Plateau nach "
    "hinten abfällt."
)
_EXTRUSION = (
    "Wie weit der {} über den Rand des Tibiaplateaus hinausragt, ohne Osteophyten, in der koronaren Schicht durch die "
    "Mitte des Meniskus; negativ, wo er innerhalb des Rands endet."
)

_DEFINITIONS = {
    "insall_salvati_ratio": (
        "Länge der Patellarsehne, vom unteren Patellapol bis dorthin, wo die Hinterseite der Sehne auf die "
        "Tibia trifft, "
        "geteilt durch die größte Länge der Patella in einer sagittalen Schicht durch ihre Mitte; gerade Linien."
    ),
    "caton_deschamps_ratio": (
        "Abstand vom unteren Rand der Patellagelenkfläche zur vorderen oberen Ecke der Tibia, geteilt durch die Länge "
        "dieser Fläche; gerade Linien in einer sagittalen Schicht durch die Patella."
    ),
    "trochlear_sulcus_angle": (
        f"Winkel am Grund der Trochlearinne zwischen den höchsten Punkten ihrer beiden Facetten, {_ABOVE_FEMUR} "
        "(axiale Schicht)."
    ),
    "trochlear_depth": (
        "Wie weit der Grund der Trochlearinne hinter dem Mittel der höchsten Punkte ihrer beiden Facetten liegt, "
        f"senkrecht zur dorsalen Kondylenlinie gemessen, {_ABOVE_FEMUR}."
    ),
    "lateral_trochlear_inclination": (
        "Winkel zwischen der dorsalen Kondylenlinie und den steilsten 10 mm der lateralen Trochleafacette, "
        f"{_ABOVE_FEMUR}; positiv, wo die Facette zum lateralen Rand hin ansteigt."
    ),
    "patellar_tilt": (
        "Winkel zwischen der dorsalen Kondylenlinie und der Linie durch den medialen und lateralen Patellarand in der "
        "axialen Schicht, in der die Patella am breitesten ist; positiv, wo der laterale Rand nach hinten kippt."
    ),
    "tt_tg_distance": (
        "Wie weit lateral vom Grund der Trochlearinne die Mitte des Ansatzes der Patellarsehne an der Tibia liegt, "
        "entlang der dorsalen Kondylenlinie; negativ, wo sie medial der Rinne liegt."
    ),
    "medial_tibial_slope": _SLOPE.format("medialen"),
    "lateral_tibial_slope": _SLOPE.format("lateralen"),
    "medial_meniscal_extrusion": _EXTRUSION.format("Innenmeniskus"),
    "lateral_meniscal_extrusion": _EXTRUSION.format("Außenmeniskus"),
    "effusion_volume": (
        "Volumen aller Flüssigkeit im Gelenk, auch der geringen Menge, die jedes Gelenk enthält; ohne Bursen "
        "und Zysten."
    ),
    "effusion_depth": (
        "Größte Tiefe der Flüssigkeit oberhalb der Patella von vorn nach hinten, in den sagittalen Schichten der "
        "Mittellinie."
    ),
}

_HEADINGS = {
    "bones": "Knochen",
    "joint_space": "Gelenk",
    "cruciate_ligaments": "Kreuzbänder",
    "medial_compartment": "mediales Kompartiment",
    "lateral_compartment": "laterales Kompartiment",
    "patellofemoral_compartment": "patellofemorales Kompartiment",
    "popliteal_and_soft_tissue": "Kniekehle und Weichteile",
}

ANATOMY = {
    **{
        f"word.{key}": Sentence(word)
        for words in (_JOINTS, _STRUCTURES, _FINDINGS, _MEASUREMENTS, _HEADINGS)
        for key, word in words.items()
    },
    **{f"word.define_{key}": Sentence(text) for key, text in _DEFINITIONS.items()},
}
