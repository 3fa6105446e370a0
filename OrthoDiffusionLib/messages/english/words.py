"""Single words that stand for keys, and how lists are put together."""

from OrthoDiffusionLib.messages.sentence import Sentence

_LISTS = {"list.and": "{first} and {last}", "list.or": "{first} or {last}", "list.more": "{first} and {count} more"}

_WORDS = {
    # sides, planes, joints
    "right": "right", "left": "left",
    "sagittal": "sagittal", "coronal": "coronal", "axial": "axial",
    "knee": "knee", "ankle": "ankle", "shoulder": "shoulder",
    # structures and findings whose names are not their keys spelt out
    "achilles_tendon": "Achilles tendon", "achilles_tendon_rupture": "Achilles tendon rupture",
    "kager_fat_pad": "Kager's fat pad", "talar_osteochondral_lesion": "osteochondral lesion of the talus",
    "subacromial_subdeltoid_bursa": "subacromial-subdeltoid bursa",
    # where a field of view ends
    "end_right": "on the right", "end_left": "on the left", "end_front": "in front", "end_back": "behind",
    "end_above": "above", "end_below": "below",
    # units of length
    "m": "metres", "cm": "centimetres", "mm": "millimetres", "um": "micrometres",
    # patients of a table of cases
    "validation_patients": "validation patients", "held_out_patients": "held-out patients",
    # kinds of images
    "plain": "an image as acquired",
    "water": "the water image",
    "in_phase": "the in-phase image",
    "opposed": "the opposed-phase image",
    "fat": "the fat image",
    "phase": "a phase image",
    "map": "a map calculated from other images",
    "subtraction": "a subtraction",
    "projection": "a projection",
    "diffusion": "a diffusion image",
    "raised_arm": "a series with the arm raised (ABER)",
    "calibration": "a calibration of the scanner",
    # contrasts, as far as the words of a series tell
    "fat_suppressed": "fat suppressed",
    "dixon": "a Dixon image that does not say of what",
    "fluid_sensitive": "fluid-sensitive",
    "contrast_not_stated": "contrast not stated",
    "t1_fat_suppressed": "T1-weighted, fat suppressed",
    "t1": "T1-weighted",
    # DICOM objects that are no images to build a volume from
    "segmentation": "a segmentation",
    "surface_segmentation": "a surface segmentation",
    "tractography": "a tractography result",
    "value_map": "a parametric or real world value map",
    "surface_scan": "a surface scan",
    "parametric_map": "a parametric map",
    "spectrum": "a spectrum",
    "presentation_state": "a presentation state",
    "structured_report": "a structured report",
    "document": "an encapsulated document",
    "waveform": "a waveform",
    "radiotherapy": "a radiotherapy object",
    "key_images": "a list of key images",
    "registration": "a registration",
    "colour_picture": "a colour picture",
    "mosaic": "a mosaic of many slices",
    "no_place": "an image without position or spacing",
    "skewed_pixels": "an image whose rows and columns are not perpendicular",
    # what was done with segments and volumes of a scene
    "edited": "edited", "moved": "moved", "deleted": "deleted", "flagged": "flagged",
    "marked_completed": "marked completed",
    # modalities by their DICOM codes
    "CT": "computed tomography",
    "PT": "positron emission tomography",
    "NM": "nuclear medicine",
    "US": "ultrasound",
    "CR": "radiography",
    "DX": "radiography",
    "XA": "angiography",
    "RF": "fluoroscopy",
    "OT": "of another modality",
    "SC": "secondary capture",
}  # fmt: skip

_UNITS = {"1": "", "deg": "°"}
"""What stands after a number; other units stand there as they are, after a space."""

WORDS = {
    **{key: Sentence(template) for key, template in _LISTS.items()},
    **{f"word.{key}": Sentence(word) for key, word in _WORDS.items()},
    **{f"unit.{unit}": Sentence(sign) for unit, sign in _UNITS.items()},
}
