"""What a language's catalogue of the library lacks, beside the English one."""

from __future__ import annotations

import ast
import contextlib
import json
import string
from collections import Counter
from pathlib import Path

import OrthoDiffusionLib
from OrthoDiffusionLib.anatomy import known_joints
from OrthoDiffusionLib.measurements.cartilage_thickness import thickness_definitions
from OrthoDiffusionLib.messages import ENGLISH, Language, language_of
from OrthoDiffusionLib.resources import resource_path


def faults_of(code: str) -> list[str]:
    """Sentences and words that are missing, unknown, or ask for other values than the English ones; in lines."""
    language = language_of(code)
    if language is ENGLISH:
        return [f"there is no catalogue for {code!r}"]
    english = ENGLISH.sentences
    lines = [f"not translated: {key}: {english[key].what!r}" for key in english if key not in language.sentences]
    lines += [f"no word for {key}" for key in anatomy_words() if f"word.{key}" not in language.sentences]
    texts = anatomy_texts()
    lines += [f"not translated: {text!r}" for text in texts if f"text.{text}" not in language.sentences]
    known = set(english) | {f"text.{text}" for text in texts}
    free = ("word.", "unit.", "list.")
    lines += [f"unknown key: {key}" for key in language.sentences if key not in known and not key.startswith(free)]
    return [*lines, *_other_values(language)]


def _other_values(language: Language) -> list[str]:
    lines = []
    for key, sentence in language.sentences.items():
        if key not in ENGLISH.sentences:
            continue
        source = ENGLISH.sentences[key]
        wanted = placeholders(source.what + source.remedy)
        given = placeholders(sentence.what + sentence.remedy)
        if set(wanted) != set(given):
            lines.append(f"other values: {key}: {sorted(wanted)} became {sorted(given)}")
        if bool(source.remedy) != bool(sentence.remedy):
            lines.append(f"a remedy too much or too little: {key}")
    return lines


def placeholders(template: str) -> Counter[str]:
    """Names of the values that a template asks for, also within its plurals and formats."""
    found: Counter[str] = Counter()
    for _, name, spec, _ in string.Formatter().parse(template):
        if name:
            found += Counter([name]) + placeholders(spec or "")
    return found


def anatomy_words() -> list[str]:
    """Keys of all that a report may name: joints, structures, findings, measurements, headings."""
    keys: list[str] = []
    for joint in known_joints():
        keys += [joint.name, *(one.name for one in (*joint.structures, *joint.abnormalities, *joint.measurements))]
        keys += [f"{one.name}_thickness" for one in joint.structures if one.is_cartilage]
        keys += [role for one in joint.measurements for role in one.points]
        for compartment in joint.compartments:
            keys += [compartment.name, *compartment.not_looked_for]
    return list(dict.fromkeys(keys))


def anatomy_texts() -> list[str]:
    """Definitions and sources of measurements, what bundles are for and learned from; in English."""
    texts = [*_intended_uses(), *_learned_from()]
    for joint in known_joints():
        for one in (*joint.measurements, *thickness_definitions(joint.structures, joint.sizes)):
            texts += [one.definition, one.source]
    return list(dict.fromkeys(filter(None, texts)))


def _intended_uses() -> list[str]:
    """What manifests and results say they are for; read in the source, as some of the files import torch."""
    uses = []
    for path in sorted(Path(OrthoDiffusionLib.__file__).parent.rglob("*.py")):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if not isinstance(node, ast.Assign) or ast.unparse(node.targets[0]) != "INTENDED_USE":
                continue
            with contextlib.suppress(ValueError):  # a code of DICOM has that name, too
                uses.append(str(ast.literal_eval(node.value)))
    return uses


def _learned_from() -> list[str]:
    """What the shipped bundles learned from."""
    manifests = sorted(resource_path("Bundles").glob("*/manifest.json"))
    return [str(one["name"]) for path in manifests for one in json.loads(path.read_text(encoding="utf-8"))["sources"]]
