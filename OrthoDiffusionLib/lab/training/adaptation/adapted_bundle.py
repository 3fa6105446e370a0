"""The bundle that comes of an adaptation: what it knows stays, what was measured of the old weights goes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from OrthoDiffusionLib.analysis.model import OrthoModel, weights_by_file
from OrthoDiffusionLib.bundles import Bundle, write_bundle
from OrthoDiffusionLib.lab.training.engine.record import beginning_record, with_command
from OrthoDiffusionLib.lab.training.tables.case_splits import TEST
from OrthoDiffusionLib.lab.training.tables.table_loss import SEGMENTATION
from OrthoDiffusionLib.lab.training.tables.transfer import with_vocabulary
from OrthoDiffusionLib.messages.bundle_reasons import adapted

INTENDED_USE = (
    "Research and teaching only. Not a medical device, not for diagnosis or treatment. Adapted without labels to the "
    "images of one site: the accuracy of its outlines there was not measured, only the agreement of its planes."
)

COHORT = "held-out studies of one site, without labels"

_OF_CALIBRATION = ("calibration_cohort", "calibration_studies")
"""Entries of a training record that speak of calibrations that are left out."""


def write_adapted(model: OrthoModel, start: Bundle, folder: Path, name: str, record: Mapping) -> Bundle:
    """Write the bundle, whole or not at all.

    Calibrations, operating points, figures, logit adjustment and training reference were fitted to the old weights.
    They are left out, and every finding says why it is not assessed. Where the outlines' head alone was trained, the
    findings keep their weights, to the bit, and their calibrations; the outlines decide where they are looked for.

    Args:
        model: on the CPU, with its final weights.
        start: the bundle that the adaptation began with.
        folder: of the new one; an older bundle there is replaced.
        record: of the adaptation, for the manifest; with the settings and the agreement of the planes.
    """
    old = start.manifest
    manifest = with_vocabulary(old, old.as_joint(), tuple(old.network.get("clinical", ())))
    kept = record["settings"]["trained"] == SEGMENTATION
    findings: dict[str, dict] = {}
    for abnormality in old.abnormalities:
        own = dict(old.figures.get("abnormalities", {}).get(abnormality.name, {}))
        kept_from = {**own, "calibration_kept_from": f"{old.name} {old.version}"}
        findings[abnormality.name] = kept_from if kept else {"not_assessed": adapted().text}
    earlier = {key: value for key, value in old.training.items() if kept or key not in _OF_CALIBRATION}
    training = {
        **with_command(earlier, record["command"]),
        "adaptation": {"from": _origin(start), **{key: value for key, value in record.items() if key != "command"}},
    }
    studies = sum(record["studies"].values())
    fields = replace(
        manifest,
        name=name,
        version="0.1.0",
        calibration=dict(old.calibration) if kept else {},
        figures={
            "cohort": {"name": COHORT, "count": record["studies"].get(TEST, 0)},
            "abnormalities": findings,
            "agreement_of_planes": record["agreement"],
        },
        training=training,
        sources=(
            *old.sources,
            {
                "name": f"{studies} studies of one site, without labels",
                "licence": "not stated",
                "origin": "the user's own archive",
            },
        ),
        intended_use=INTENDED_USE,
    ).as_dict()
    for key in ("files", "schema_version", "created"):
        fields.pop(key)
    return write_bundle(folder, fields, weights_by_file(model), overwrite=True)


def _origin(start: Bundle) -> dict:
    """Which bundle it was; how that one was trained stands above in the record."""
    return {key: value for key, value in beginning_record(start).items() if key != "training"}
