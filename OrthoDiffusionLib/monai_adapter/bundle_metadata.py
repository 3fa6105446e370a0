"""configs/metadata.json and configs/inference.json of a MONAI Bundle, made from a manifest."""

from __future__ import annotations

from collections.abc import Iterable
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from OrthoDiffusionLib import __version__
from OrthoDiffusionLib.bundles import Manifest
from OrthoDiffusionLib.volumes import Plane

SCHEMA = "https://github.com/Project-MONAI/MONAI-extra-test-data/releases/download/0.8.1/meta_schema_20240725.json"
"""MONAI's schema of metadata.json, the newest at MONAI 1.6."""

_PACKAGES = ("SimpleITK", "nibabel", "pillow", "safetensors", "scipy")
"""What the analysis needs beside what MONAI itself does."""

_TARGETS = "OrthoDiffusionLib.monai_adapter.bundle_run"


def metadata(manifest: Manifest) -> dict[str, Any]:
    """The content of metadata.json."""
    title = manifest.as_joint().title.lower()
    return {
        "schema": SCHEMA,
        "version": manifest.version,
        "changelog": {manifest.version: f"exported from {manifest.name} {manifest.version}"},
        "monai_version": _version("monai"),
        "pytorch_version": _version("torch").partition("+")[0],  # the build for one kind of machine says nothing here
        "numpy_version": _version("numpy"),
        "required_packages_version": {
            "orthodiffusion": __version__,
            **{package: _version(package) for package in _PACKAGES},
        },
        "name": manifest.name,
        "task": f"Outlines of structures, and probabilities of findings, in MR series of the {title}",
        "description": f"Reads the {_list_of(manifest.views)} series of one exam of the {title} together; outlines "
        f"{len(manifest.structures)} structures on one isotropic grid and says how likely each of "
        f"{len(manifest.abnormalities)} findings is.",
        "authors": "The OrthoDiffusion contributors",
        "copyright": f"Licence: {manifest.licence}; see LICENSE and docs/data_license.txt",
        "data_source": "; ".join(f"{source['name']} ({source['licence']})" for source in manifest.sources),
        "data_type": "NIfTI, NRRD, MetaImage or DICOM; files or folders",
        "image_classes": "MR signal of any scale: it is normalised here",
        "label_classes": "none: labels are no input",
        "pred_classes": "label map: " + ", ".join(f"{s.label} {s.name}" for s in manifest.structures),
        "eval_metrics": _figures(manifest),
        "intended_use": manifest.intended_use,
        "references": ["OrthoDiffusion, arXiv 2602.20752"],
        "network_data_format": _data_format(manifest),
    }


def inference(manifest: Manifest) -> dict[str, Any]:
    """The content of inference.json: plain values and two functions of this library, no expression to evaluate."""
    return {
        "bundle_root": ".",
        "study": "",
        **dict.fromkeys((plane.value for plane in manifest.views), ""),
        "side": "",
        **dict.fromkeys(_clinical(manifest), ""),
        "device": "auto",
        "output_dir": "",
        "overwrite": False,
        "on_inputs": False,
        "network_def": {"_target_": f"{_TARGETS}.network", "bundle_root": "@bundle_root"},
        "run": {
            "_target_": f"{_TARGETS}.analyze_study",
            "bundle_root": "@bundle_root",
            "study": "@study",
            "planes": {plane.value: f"@{plane.value}" for plane in manifest.views},
            "side": "@side",
            "clinical": {name: f"@{name}" for name in _clinical(manifest)},
            "device": "@device",
            "output": {"dir": "@output_dir", "overwrite": "@overwrite", "on_inputs": "@on_inputs"},
        },
    }


def _clinical(manifest: Manifest) -> list[str]:
    """What of a referral the bundle learned from."""
    return [str(name) for name in manifest.network.get("clinical", ())]


def _data_format(manifest: Manifest) -> dict[str, Any]:
    """Inputs and results as a user gives and gets them; the views between them are the library's own matter."""
    volume = {
        "type": "image",
        "format": "magnitude",
        "modality": "MR",
        "num_channels": 1,
        "spatial_shape": ["*", "*", "*"],
        "dtype": "float32",
        "value_range": [],
        "is_patch_data": False,
        "channel_def": {"0": "image"},
    }
    labels = {str(structure.label): structure.name for structure in manifest.structures}
    return {
        "inputs": {plane.value: volume for plane in manifest.views},
        "outputs": {
            # One channel of label values; `channel_def` names the values, as MONAI's applications read it.
            "pred": {
                **volume,
                "format": "segmentation",
                "dtype": "uint8",
                "value_range": [0, max(structure.label for structure in manifest.structures)],
                "channel_def": {"0": "background", **labels},
            },
            "findings": {
                "type": "probabilities",
                "format": "classes",
                "num_channels": len(manifest.abnormalities),
                "spatial_shape": [],
                "dtype": "float32",
                "value_range": [0, 1],
                "channel_def": {str(number): found.name for number, found in enumerate(manifest.abnormalities)},
            },
        },
    }


def _figures(manifest: Manifest) -> dict[str, Any]:
    """The two figures that sum up an evaluation, with the cohort they belong to; the manifest holds all."""
    figures = manifest.figures
    cohort = figures.get("cohort")
    named = cohort.get("name", "") if isinstance(cohort, dict) else cohort
    kept: dict[str, Any] = {"cohort": named} if named else {}
    if figures.get("phantom_numbers"):
        kept["phantom_numbers"] = "measured on digital phantoms; not numbers of patients"
    for part, name in (("segmentation", "dice_mean"), ("diagnosis", "auroc_mean")):
        if isinstance(figures.get(part), dict) and figures[part].get(name) is not None:
            kept[name] = round(float(figures[part][name]), 4)
    return kept


def _list_of(planes: Iterable[Plane]) -> str:
    words = [plane.value for plane in planes]
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)


def _version(package: str) -> str:
    try:
        return version(package)
    except PackageNotFoundError:  # files of it without its record, as in some bundled Pythons
        return "unknown"
