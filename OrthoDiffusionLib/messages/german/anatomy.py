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
    # Sprunggelenk
    "talus": "Talus",
    "calcaneus": "Kalkaneus",
    "navicular": "Os naviculare",
    "cuboid": "Os cuboideum",
    "tibial_plafond_cartilage": "Knorpel des Pilon tibiale",
    "talar_dome_cartilage": "Knorpel der Talusrolle",
    "subtalar_cartilage": "subtalarer Knorpel",
    "anterior_talofibular_ligament": "Lig. fibulotalare anterius",
    "calcaneofibular_ligament": "Lig. fibulocalcaneare",
    "posterior_talofibular_ligament": "Lig. fibulotalare posterius",
    "deltoid_ligament": "Lig. deltoideum",
    "tibiofibular_syndesmosis": "tibiofibulare Syndesmose",
    "achilles_tendon": "Achillessehne",
    "peroneal_tendons": "Peronealsehnen",
    "posterior_tibial_tendon": "Tibialis-posterior-Sehne",
    "flexor_tendons": "Beugesehnen",
    "extensor_tendons": "Strecksehnen",
    "kager_fat_pad": "Kager-Fettkörper",
    "retrocalcaneal_bursa": "Bursa retrocalcanea",
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
    "deltoid_ligament_injury": "Verletzung des Lig. deltoideum",
    "syndesmosis_injury": "Verletzung der Syndesmose",
    "tendinopathy": "Tendinopathie",
    "bursitis": "Bursitis",
    "tendon_tear": "Sehnenriss",
    "tenosynovitis": "Tenosynovitis",
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
    "femoral_cartilage_thickness": "mittlere Dicke des Femurknorpels",
    "medial_tibial_cartilage_thickness": "mittlere Dicke des medialen Tibiaknorpels",
    "lateral_tibial_cartilage_thickness": "mittlere Dicke des lateralen Tibiaknorpels",
    "patellar_cartilage_thickness": "mittlere Dicke des Patellaknorpels",
    "talar_dome_cartilage_thickness": "mittlere Dicke des Knorpels der Talusrolle",
    "tibial_plafond_cartilage_thickness": "mittlere Dicke des Knorpels des Pilon tibiale",
    "subtalar_cartilage_thickness": "mittlere Dicke des subtalaren Knorpels",
}

_POINTS = {
    "upper_pole": "oberer Patellapol",
    "lower_pole": "unterer Patellapol",
    "tendon_insertion": "Sehnenansatz",
    "upper_articular_edge": "oberer Rand der Gelenkfläche",
    "lower_articular_edge": "unterer Rand der Gelenkfläche",
    "anterior_tibial_corner": "vordere Tibiaecke",
    "medial_facet_top": "höchster Punkt der medialen Facette",
    "groove_floor": "Grund der Rinne",
    "lateral_facet_top": "höchster Punkt der lateralen Facette",
    "posterior_medial_condyle": "dorsale mediale Kondyle",
    "posterior_lateral_condyle": "dorsale laterale Kondyle",
    "lateral_facet_inner": "laterale Facette innen",
    "lateral_facet_outer": "laterale Facette außen",
    "medial_patellar_edge": "medialer Patellarand",
    "lateral_patellar_edge": "lateraler Patellarand",
    "upper_tibial_shaft": "Tibiaschaft oben",
    "lower_tibial_shaft": "Tibiaschaft unten",
    "anterior_plateau": "Plateau vorn",
    "posterior_plateau": "Plateau hinten",
    "opposite_tibial_edge": "gegenüberliegender Tibiarand",
    "tibial_edge": "Tibiarand",
    "meniscal_edge": "Meniskusrand",
    "anterior_fluid": "Flüssigkeit vorn",
    "posterior_fluid": "Flüssigkeit hinten",
}

_HEADINGS = {
    "bones": "Knochen",
    "joint_space": "Gelenk",
    "cruciate_ligaments": "Kreuzbänder",
    "medial_compartment": "mediales Kompartiment",
    "lateral_compartment": "laterales Kompartiment",
    "patellofemoral_compartment": "patellofemorales Kompartiment",
    "popliteal_and_soft_tissue": "Kniekehle und Weichteile",
    "talar_dome": "Talusrolle und unteres Sprunggelenk",
    "lateral_ligaments": "laterale Bänder",
    "deltoid_and_syndesmosis": "Lig. deltoideum und Syndesmose",
    "achilles_region": "Achillessehne und Kager-Dreieck",
    "other_tendons": "weitere Sehnen",
    "soft_tissue": "Weichteile",
}

ANATOMY = {
    f"word.{key}": Sentence(word)
    for words in (_JOINTS, _STRUCTURES, _FINDINGS, _MEASUREMENTS, _POINTS, _HEADINGS)
    for key, word in words.items()
}
