"""The data sets by name, and from a folder of one to a table of cases."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from OrthoDiffusionLib.anatomy import KNEE
from OrthoDiffusionLib.bundles import Manifest
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.public_data.data_set import Contents, DataSet
from OrthoDiffusionLib.lab.public_data.fastmri_plus import FASTMRI_PLUS
from OrthoDiffusionLib.lab.public_data.knee_mri import KNEE_MRI
from OrthoDiffusionLib.lab.public_data.mrnet import MRNET
from OrthoDiffusionLib.lab.public_data.oaizib_cm import OAIZIB_CM
from OrthoDiffusionLib.lab.public_data.rsna_2026 import RSNA_2026
from OrthoDiffusionLib.lab.public_data.skm_tea import SKM_TEA
from OrthoDiffusionLib.lab.training.engine.claim import claim, withdraw_claim
from OrthoDiffusionLib.lab.training.tables.case_table import CaseTable, read_case_table
from OrthoDiffusionLib.lab.training.tables.vocabulary import Vocabulary, read_vocabulary, vocabulary_of
from OrthoDiffusionLib.volumes.files.atomic import write_text

JOINT = KNEE.name
"""What every set here shows."""

DATA_SETS = {one.key: one for one in (MRNET, KNEE_MRI, FASTMRI_PLUS, SKM_TEA, OAIZIB_CM, RSNA_2026)}

CASES = "cases.csv"

SHOWN = 12
"""Notices and skipped cases that are printed; the files have all of them."""


@dataclass(frozen=True)
class PreparedDataSet:
    """A data set as a table of cases.

    Attributes:
        table: checked, with whom it is of.
        vocabulary: what a bundle learns from it.
        contents: with the skipped cases and the notices.
    """

    table: CaseTable
    vocabulary: Vocabulary
    contents: Contents


def data_set_named(name: str) -> DataSet:
    """A data set by its key.

    Raises:
        TrainingError: for an unknown one, naming those that are known.
    """
    found = DATA_SETS.get(name.strip().lower())
    if found is None:
        raise TrainingError(f"There is no data set {name!r}", remedy=f"Known here are {', '.join(DATA_SETS)}.")
    return found


def prepare_data_set(
    name: str,
    folder: Path,
    out: Path,
    manifest: Manifest,
    *,
    vocabulary_file: Path | None = None,
    begun: bool = False,
    report: Callable[[str], None] = print,
) -> PreparedDataSet:
    """Read a data set as it was downloaded into a table of cases; images that need it are converted once.

    Args:
        name: its key.
        folder: of the data set.
        out: gets `cases.csv`, `vocabulary.toml`, `left_out.csv`, `notices.txt` and converted images.
        manifest: of the bundle that training begins with.
        vocabulary_file: the user's own words; None takes the bundle's and those of the data set.
        begun: whether a training with what `out` holds has begun: then nothing in it is replaced by something else.
        report: gets lines for people.

    Raises:
        TrainingError: if the folder is not that data set, the bundle is of another joint, no case can be used, or a
            training has begun with other cases.
    """
    data_set = data_set_named(name)
    if manifest.joint != JOINT:
        raise TrainingError(
            f"{data_set.title} shows the {KNEE.name}, and the bundle to begin with is of the {manifest.joint}",
            remedy=f"Begin with a bundle of the {KNEE.name}.",
        )
    if not folder.is_dir():
        raise data_set.wrong_folder(folder, "there is no such folder")
    if begun and not (out / CASES).exists():
        raise _begun_with_others(out)
    claim(out, {"data_set": data_set.key}, begun=begun)
    for line in _introduction(data_set):
        report(line)
    contents = _contents(data_set, folder, out, report)
    if data_set.site:
        contents.notices.append(f"all exams are of one site ({data_set.site}): figures hold for it alone")
    contents.notices.append(f"geometry: {data_set.geometry}")
    _write(out, data_set, contents, begun=begun)
    _tell(contents, out, report)
    if not contents.rows:
        first = f"; the first, {contents.skipped[0].case}: {contents.skipped[0].why}" if contents.skipped else ""
        raise TrainingError(f"No case of {data_set.title} can be used{first}", where=str(folder))
    words = out / "vocabulary.toml"
    write_text(words, vocabulary_text(data_set, vocabulary_of(manifest)))
    vocabulary = read_vocabulary(vocabulary_file or words, manifest)
    table = read_case_table(out / CASES, vocabulary)
    source = {
        "name": f"{data_set.title}: {len(contents.rows)} cases",
        "licence": data_set.licence,
        "origin": data_set.address,
    }
    return PreparedDataSet(replace(table, name=data_set.key, source=source), vocabulary, contents)


def _contents(data_set: DataSet, folder: Path, out: Path, report: Callable[[str], None]) -> Contents:
    # a table's relative paths start at the table, those of a command at the working folder
    try:
        return data_set.read(folder.absolute(), (out / "images").absolute(), report)
    except TrainingError:  # such as a folder of something else
        withdraw_claim(out)
        raise


def vocabulary_text(data_set: DataSet, known: Vocabulary) -> str:
    """A vocabulary file of what is known and what the data set adds."""
    names = [abnormality.name for abnormality in known.joint.abnormalities]
    lines = [
        f"# Written for {data_set.title}; what the starting bundle knows, and what the data set labels besides.",
        f"joint = {json.dumps(KNEE.name)}",
        "abnormalities = [",
        *(f"    {json.dumps(name)}," for name in names),
        *(
            f"    {{ name = {json.dumps(one.name)}, title = {json.dumps(one.title)}, "
            f"best_planes = {json.dumps(list(one.best_planes))} }},"
            for one in data_set.new_findings
            if one.name not in names
        ),
        "]",
    ]
    if data_set.label_values:
        values = ", ".join(f"{name} = {value}" for name, value in data_set.label_values.items())
        lines += ["[label_maps]", f"values = {{ {values} }}", f"covers = {json.dumps(list(data_set.label_values))}"]
    return "\n".join(lines) + "\n"


def _introduction(data_set: DataSet) -> list[str]:
    return [
        f"{data_set.title}: {data_set.address}",
        f"  licence: {data_set.licence}",
        f"  access: {data_set.access}",
    ]


def _write(out: Path, data_set: DataSet, contents: Contents, *, begun: bool) -> None:
    columns = list(dict.fromkeys(column for row in contents.rows for column in row))
    cases = _csv(columns, [[row.get(c, "") for c in columns] for row in contents.rows])
    if begun and (out / CASES).read_text(encoding="utf-8") != cases:
        raise _begun_with_others(out)
    write_text(out / CASES, cases)
    write_text(out / "left_out.csv", _csv(["case", "why"], [list(skip) for skip in contents.skipped]))
    write_text(
        out / "notices.txt",
        "\n".join([*_introduction(data_set), f"  facts: {data_set.facts}", *contents.notices]) + "\n",
    )


def _begun_with_others(out: Path) -> TrainingError:
    return TrainingError(
        "The folder holds a training that was begun with other cases",
        where=str(out.parent),
        remedy="Choose another folder, or delete this one to start again.",
    )


def _csv(columns: list[str], rows: list[list[str]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()


def _tell(contents: Contents, out: Path, report: Callable[[str], None]) -> None:
    report(f"Cases: {len(contents.rows)}, left out: {len(contents.skipped)}")
    for skip in contents.skipped[:SHOWN]:
        report(f"  left out: {skip.case}: {skip.why}")
    if len(contents.skipped) > SHOWN:
        report(f"  and {len(contents.skipped) - SHOWN} more: {out / 'left_out.csv'}")
    for notice in contents.notices[-SHOWN:]:
        report(f"Notice: {notice}.")
    if len(contents.notices) > SHOWN:
        report(f"  and {len(contents.notices) - SHOWN} more: {out / 'notices.txt'}")
