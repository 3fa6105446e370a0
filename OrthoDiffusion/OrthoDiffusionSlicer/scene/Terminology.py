"""The structures as a terminology that Slicer's selectors can load; made from anatomy/, never by hand.

python OrthoDiffusion/OrthoDiffusionSlicer/scene/Terminology.py    writes Resources/Terminology/OrthoDiffusion.json anew
"""

import json
import sys
from pathlib import Path

if __name__ == "__main__":  # as a command, from a source tree
    sys.path.append(str(Path(__file__).resolve().parents[3]))

from OrthoDiffusionLib.anatomy import known_joints
from OrthoDiffusionLib.resources import resource_path

CONTEXT = "Segmentation category and type - OrthoDiffusion"
PATH = resource_path("Terminology", "OrthoDiffusion.json")


def content():
    """The terminology as a dict: categories, types and modifiers with the structures' colours."""
    categories = {}
    for structure in (part for joint in known_joints() for part in joint.structures):
        category = categories.setdefault(
            structure.category, {**_code(structure.category), "showAnatomy": True, "Type": {}}
        )
        kind = category["Type"].setdefault(structure.code, {**_code(structure.code), "Modifier": []})
        if structure.modifier is None:
            kind.setdefault("recommendedDisplayRGBValue", list(structure.colour))
        elif all(modifier["CodeValue"] != structure.modifier.value for modifier in kind["Modifier"]):
            colour = {"recommendedDisplayRGBValue": list(structure.colour)}
            kind["Modifier"].append({**_code(structure.modifier), **colour})
    for category in categories.values():
        category["Type"] = [_withoutEmpty(kind) for kind in category["Type"].values()]
    return {
        "SegmentationCategoryTypeContextName": CONTEXT,
        "@schema": "https://raw.githubusercontent.com/qiicr/dcmqi/master/doc/segment-context-schema.json#",
        "SegmentationCodes": {"Category": list(categories.values())},
    }


def text():
    """The file's content."""
    return json.dumps(content(), ensure_ascii=False, indent=1) + "\n"


def load():
    """Offer the terminology in Slicer's selectors."""
    import slicer

    if PATH.is_file():
        slicer.modules.terminologies.logic().LoadTerminologyFromFile(str(PATH))


def _code(code):
    return {"CodeMeaning": code.meaning, "CodingSchemeDesignator": code.scheme, "CodeValue": code.value}


def _withoutEmpty(kind):
    return {key: value for key, value in kind.items() if value != []}


if __name__ == "__main__":
    PATH.parent.mkdir(parents=True, exist_ok=True)
    PATH.write_text(text(), encoding="utf-8")
    print(PATH)
