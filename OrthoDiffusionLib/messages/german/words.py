"""Einzelne Wörter für Schlüssel, und wie Aufzählungen gebildet werden."""

from OrthoDiffusionLib.messages.sentence import Sentence

_LISTS = {
    "list.and": "{first} und {last}", "list.or": "{first} oder {last}", "list.more": "{first} und {count} weitere",
}  # fmt: skip

_WORDS = {
    # Seiten, Ebenen; „koronare Ebene“ usw. bilden die Sätze selbst
    "right": "rechts", "left": "links",
    "sagittal": "sagittal", "coronal": "koronar", "axial": "axial",
    # wo ein Bildfeld endet
    "end_right": "rechts", "end_left": "links", "end_front": "vorn", "end_back": "hinten",
    "end_above": "oben", "end_below": "unten",
    # Längeneinheiten
    "m": "Meter", "cm": "Zentimeter", "mm": "Millimeter", "um": "Mikrometer",
    # Patienten einer Tabelle von Fällen
    "validation_patients": "Validierungspatienten", "held_out_patients": "zurückgehaltenen Patienten",
    # Arten von Bildern
    "plain": "ein Bild, wie es aufgenommen wurde",
    "water": "das Wasserbild",
    "in_phase": "das In-Phase-Bild",
    "opposed": "das Gegenphasenbild",
    "fat": "das Fettbild",
    "phase": "ein Phasenbild",
    "map": "eine aus anderen Bildern berechnete Karte",
    "subtraction": "eine Subtraktion",
    "projection": "eine Projektion",
    "diffusion": "ein Diffusionsbild",
    "raised_arm": "eine Serie mit erhobenem Arm (ABER)",
    "calibration": "eine Kalibrierung des Geräts",
    # Kontraste, soweit die Worte einer Serie sie verraten
    "fat_suppressed": "fettunterdrückt",
    "dixon": "ein Dixon-Bild, das nicht sagt, wovon",
    "fluid_sensitive": "flüssigkeitssensitiv",
    "contrast_not_stated": "Kontrast nicht angegeben",
    "t1_fat_suppressed": "T1-gewichtet, fettunterdrückt",
    "t1": "T1-gewichtet",
    # DICOM-Objekte, aus denen kein Volumen entsteht
    "segmentation": "eine Segmentierung",
    "surface_segmentation": "eine Oberflächensegmentierung",
    "tractography": "ein Traktographie-Ergebnis",
    "value_map": "eine parametrische Karte oder Zuordnung realer Werte",
    "surface_scan": "ein Oberflächenscan",
    "parametric_map": "eine parametrische Karte",
    "spectrum": "ein Spektrum",
    "presentation_state": "ein Präsentationszustand",
    "structured_report": "ein strukturierter Bericht",
    "document": "ein eingebettetes Dokument",
    "waveform": "eine Signalkurve",
    "radiotherapy": "ein Strahlentherapie-Objekt",
    "key_images": "eine Liste von Schlüsselbildern",
    "registration": "eine Registrierung",
    "colour_picture": "ein Farbbild",
    "mosaic": "ein Mosaik aus vielen Schichten",
    "no_place": "ein Bild ohne Lage oder Schichtabstand",
    "skewed_pixels": "ein Bild, dessen Zeilen und Spalten nicht senkrecht zueinander stehen",
    # was mit Segmenten und Volumen einer Szene geschah
    "edited": "bearbeitet", "moved": "verschoben", "deleted": "gelöscht", "flagged": "markiert",
    "marked_completed": "als fertig markiert",
    # Modalitäten nach ihren DICOM-Codes
    "CT": "Computertomographie",
    "PT": "Positronenemissionstomographie",
    "NM": "Nuklearmedizin",
    "US": "Ultraschall",
    "CR": "Röntgen",
    "DX": "Röntgen",
    "XA": "Angiographie",
    "RF": "Durchleuchtung",
    "OT": "von einer anderen Modalität",
    "SC": "Sekundäraufnahme",
}  # fmt: skip

_UNITS = {"1": "", "deg": "°", "mL": " ml"}

WORDS = {
    **{key: Sentence(template) for key, template in _LISTS.items()},
    **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()},
    **{f"unit.{unit}": Sentence(sign) for unit, sign in _UNITS.items()},
}
