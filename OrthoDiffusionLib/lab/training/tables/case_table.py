"""The table of a user's cases: one row a case, checked as a whole before an hour is spent.

Columns: `case`, `patient`; `folder`, or `sagittal`, `coronal`, `axial`; `side`, `joint`, `split`; label maps
`sagittal_labels`, `coronal_labels`, `axial_labels` or `world_labels`, and `covers`; one column for each finding of
the vocabulary (1, 0 or empty); and, if there are any, `age`, `sex`, `trauma`. Docs/finetuning.md explains them.
"""

from __future__ import annotations

import csv
import difflib
import hashlib
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from OrthoDiffusionLib.anatomy import Side
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.heads.clinical import encode_clinical
from OrthoDiffusionLib.lab.corrections.correction_table import FACTS_FILE, read_facts
from OrthoDiffusionLib.lab.training.tables.case_splits import SPLITS
from OrthoDiffusionLib.lab.training.tables.table_columns import CLINICAL_COLUMNS, FACTS, IMAGE_COLUMNS, PLANES, WORLD
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary
from OrthoDiffusionLib.table_file import read_table

SHOWN_FAULTS = 12


@dataclass(frozen=True)
class Case:
    """One row: one joint of one patient at one visit.

    Attributes:
        name: unique in the table.
        patient: who it belongs to; all cases of a patient go to the same split.
        side: right or left; None lets the DICOM tag or the anatomy say.
        folder: of DICOM or NIfTI, or None.
        images: plane -> file or series.
        label_maps: plane, or "world" -> file.
        covered: names of the structures that the label maps outline; the others are unknown, not absent.
        findings: abnormality -> present; those that are not known are left out.
        clinical: column -> what the table says, checked; those that are not known are left out.
        split: "train", "validation" or "test" if the table says it.
    """

    name: str
    patient: str
    side: Side | None = None
    folder: Path | None = None
    images: Mapping[str, Path] = field(default_factory=dict)
    label_maps: Mapping[str, Path] = field(default_factory=dict)
    covered: tuple[str, ...] = ()
    findings: Mapping[str, bool] = field(default_factory=dict)
    clinical: Mapping[str, str] = field(default_factory=dict)
    split: str | None = None


@dataclass(frozen=True)
class CaseTable:
    """All cases of a table.

    Attributes:
        name: the file's stem.
        cases: in the order of the rows.
        clinical: the clinical columns that hold any value.
        sha256: of the file.
        source: whose cases they are, for the bundle's list of sources: "name", "licence", "origin"; empty for the
            user's own.
    """

    name: str
    cases: tuple[Case, ...]
    clinical: tuple[str, ...]
    sha256: str
    source: Mapping[str, str] = field(default_factory=dict)

    @property
    def patients(self) -> int:
        """How many different patients there are."""
        return len({case.patient for case in self.cases})


def read_case_table(path: Path, vocabulary: Vocabulary) -> CaseTable:
    """Read and check a table.

    Args:
        path: CSV, UTF-8, with commas, semicolons or tabs. Paths in it are relative to its own folder.
        vocabulary: what may be labelled.

    Raises:
        TrainingError: with every fault that was found, up to a dozen, each with its line.
    """
    rows, columns = read_table(path, error=TrainingError)
    _check_columns(columns, vocabulary, path)
    _check_exported_labels(path.parent, vocabulary)
    if not rows:
        raise TrainingError(
            "The table has no cases", where=str(path), remedy="`orthodiffusion finetune --template` writes an example."
        )
    faults: list[str] = []
    cases = [_case(row, line, path.parent, vocabulary, faults) for line, row in rows]
    faults += _faults_across(cases, [line for line, _ in rows])
    if faults:
        more = f"\n… and {len(faults) - SHOWN_FAULTS} more" if len(faults) > SHOWN_FAULTS else ""
        raise TrainingError(
            f"The table has {len(faults)} fault{'s' * (len(faults) > 1)}:\n" + "\n".join(faults[:SHOWN_FAULTS]) + more,
            where=str(path),
            remedy="Mend these rows and run the same command again.",
        )
    clinical = tuple(name for name in CLINICAL_COLUMNS if any(name in case.clinical for case in cases))
    return CaseTable(path.stem, tuple(cases), clinical, hashlib.sha256(path.read_bytes()).hexdigest())


def describe(table: CaseTable, vocabulary: Vocabulary) -> str:
    """What a table holds, in lines for people."""
    cases = table.cases
    outlined = [case for case in cases if case.label_maps]
    lines = [f"{table.name}: cases {len(cases)}, patients {table.patients}, with label maps {len(outlined)}"]
    for structure in vocabulary.joint.structures:
        count = sum(structure.name in case.covered for case in outlined)
        lines += [f"  {structure.name}: outlined in {count}"] if count else []
    for abnormality in vocabulary.joint.abnormalities:
        known = [case.findings[abnormality.name] for case in cases if abnormality.name in case.findings]
        if known:
            lines.append(f"  {abnormality.name}: {sum(known)} with, {len(known) - sum(known)} without")
    if table.clinical:
        lines.append(f"  clinical values: {', '.join(table.clinical)}")
    return "\n".join(lines)


def template(vocabulary: Vocabulary) -> str:
    """A table with every column this vocabulary knows and two rows to overwrite."""
    findings = [abnormality.name for abnormality in vocabulary.joint.abnormalities]
    structures = [structure.name for structure in vocabulary.joint.structures]
    columns = [*FACTS, *findings, *CLINICAL_COLUMNS]
    first = {"case": "case_001", "patient": "p01", "side": "right", "joint": vocabulary.joint.name}
    first |= {plane: f"images/case_001/{plane}.nii.gz" for plane in PLANES}
    if structures:
        first |= {"sagittal_labels": "labels/case_001_sagittal.nii.gz", "covers": " ".join(structures[:2])}
    first |= {name: str(int(number == 0)) for number, name in enumerate(findings)}
    first |= {"age": "42", "sex": "female", "trauma": "1"}
    second = {"case": "case_002", "patient": "p02", "side": "left", "joint": vocabulary.joint.name}
    second |= {"folder": "images/case_002"} | dict.fromkeys(findings[:1], "0")
    text = io.StringIO()
    writer = csv.DictWriter(text, columns, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows([first, second])
    return text.getvalue()


def _check_columns(columns: Sequence[str], vocabulary: Vocabulary, path: Path) -> None:
    findings = [abnormality.name for abnormality in vocabulary.joint.abnormalities]
    known = [*FACTS, *findings, *CLINICAL_COLUMNS]
    twice = sorted({column for column in columns if columns.count(column) > 1})
    if twice:
        raise TrainingError(f"The table has columns twice: {', '.join(map(repr, twice))}", where=str(path))
    unknown = [column for column in columns if column not in known]
    if unknown:
        alike = {column: difflib.get_close_matches(column, known, n=1) for column in unknown}
        meant = [f"{column!r} (is {found[0]!r} meant?)" if found else repr(column) for column, found in alike.items()]
        raise TrainingError(
            f"The table has unknown columns: {', '.join(meant)}",
            where=str(path),
            remedy=f"Findings known here: {', '.join(findings) or 'none'}. Bring others with --vocabulary; "
            "delete columns that are not for the training.",
        )
    missing = [column for column in ("case", "patient") if column not in columns]
    missing += [] if set(columns) & set(IMAGE_COLUMNS) else [f"{', '.join(IMAGE_COLUMNS[:-1])} or {IMAGE_COLUMNS[-1]}"]
    if missing:
        raise TrainingError(
            f"The table lacks the column{'s' * (len(missing) > 1)} {' and '.join(missing)}",
            where=str(path),
            remedy="`orthodiffusion finetune --template` writes an example.",
        )


def _check_exported_labels(folder: Path, vocabulary: Vocabulary) -> None:
    """Exported corrections say what their labels mean; a bundle that numbers structures otherwise would mix them up."""
    facts = read_facts(folder)
    if facts is None or facts.joint != vocabulary.joint.name:  # another joint is refused row by row
        return
    differing = [f"{name} is {value} in the label maps and {vocabulary.values[name]} here"
                 for name, value in facts.labels.items() if vocabulary.values.get(name, value) != value]  # fmt: skip
    if differing:
        raise TrainingError(
            f"The corrected cases were exported with other label values: {'; '.join(differing)}",
            where=str(folder / FACTS_FILE),
            remedy="Begin with the bundle that predicted them, or name their values in a vocabulary file.",
        )


def _case(row: Mapping[str, str], line: int, base: Path, vocabulary: Vocabulary, faults: list[str]) -> Case:
    name = row.get("case", "")

    def fault(text: str) -> None:
        faults.append(f"line {line}{f' ({name})' if name else ''}: {text}")

    def path_of(column: str) -> Path | None:
        value = row.get(column, "")
        if not value:
            return None
        path = base / value
        if not path.exists():
            fault(f"{column}: there is no {value}")
        return path

    for column in ("case", "patient"):
        if not row.get(column):
            fault(f"{column} is empty")
    side = Side.from_text(row.get("side"))
    if row.get("side") and side is None:
        fault(f"side must be right, left or empty, got {row['side']!r}")
    joint = row.get("joint", "").lower()
    if joint and joint != vocabulary.joint.name:
        fault(f"the case is of the {joint}, this training of the {vocabulary.joint.name}")
    split = row.get("split", "").lower() or None
    if split is not None and split not in SPLITS:
        fault(f"split must be {', '.join(SPLITS)} or empty, got {split!r}")
    images = {plane: path for plane in PLANES if (path := path_of(plane)) is not None}
    folder = path_of("folder")
    if not images and folder is None:
        fault(f"no images: {', '.join(IMAGE_COLUMNS)} are all empty")
    label_maps = {key: path for key in (*PLANES, WORLD) if (path := path_of(f"{key}_labels")) is not None}
    return Case(
        name=name,
        patient=row.get("patient", ""),
        side=side,
        folder=folder,
        images=images,
        label_maps=label_maps,
        covered=_covered(row.get("covers", ""), vocabulary, fault) if label_maps else (),
        findings=_findings(row, vocabulary, fault),
        clinical=_clinical(row, fault),
        split=split,
    )


def _covered(text: str, vocabulary: Vocabulary, fault) -> tuple[str, ...]:
    structures = [structure.name for structure in vocabulary.joint.structures]
    if not text:
        if vocabulary.covers is None:
            fault(
                "nothing says which structures the label maps outline; fill the column covers "
                "(names with spaces between, or all), or give covers in a vocabulary file"
            )
        return vocabulary.covers or ()
    names = structures if text.lower() == "all" else text.replace(";", " ").replace(",", " ").split()
    for name in names:
        if name not in structures:
            alike = difflib.get_close_matches(name, structures, n=1)
            fault(f"covers: unknown structure {name!r}{f', is {alike[0]!r} meant?' if alike else ''}")
        elif name not in vocabulary.values:
            fault(f"covers: the vocabulary gives {name} no value in the label maps")
    return tuple(dict.fromkeys(names))


def _findings(row: Mapping[str, str], vocabulary: Vocabulary, fault) -> dict[str, bool]:
    found = {}
    for abnormality in vocabulary.joint.abnormalities:
        value = row.get(abnormality.name, "")
        if not value:
            continue
        try:
            number = float(value)
        except ValueError:
            number = math.nan
        if number not in (0.0, 1.0):
            fault(f"{abnormality.name} must be 1, 0 or empty, got {value!r}")
        else:
            found[abnormality.name] = number == 1.0
    return found


def _clinical(row: Mapping[str, str], fault) -> dict[str, str]:
    found = {}
    for column in CLINICAL_COLUMNS:
        try:
            value = encode_clinical(column, row.get(column, ""))
        except ValueError as error:
            fault(str(error))
            continue
        if value is not None:
            found[column] = row[column]
    return found


def _faults_across(cases: Sequence[Case], lines: Sequence[int]) -> list[str]:
    faults: list[str] = []
    seen: dict[str, int] = {}
    split_of: dict[str, tuple[str, int]] = {}
    for case, line in zip(cases, lines, strict=True):
        if case.name and case.name in seen:
            faults.append(f"line {line}: the case {case.name!r} is there already, on line {seen[case.name]}")
        seen.setdefault(case.name, line)
        if case.split is None or not case.patient:
            continue
        other, where = split_of.setdefault(case.patient, (case.split, line))
        if other != case.split:
            faults.append(
                f"line {line}: the patient {case.patient!r} is in the split {case.split!r} and, on line {where}, "
                f"in {other!r}; all cases of a patient belong to one split"
            )
    return faults
