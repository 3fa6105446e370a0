"""From a bundle's network to one for another vocabulary: what both know keeps its weights, what is new starts fresh."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace

import torch
from torch import Tensor

from OrthoDiffusionLib.analysis.model import OrthoModel, build_model, load_model, network_for
from OrthoDiffusionLib.anatomy import PRIVATE_SCHEME, Abnormality, Code, Joint, Structure
from OrthoDiffusionLib.bundles import Bundle, Manifest

_EXTRA = "extra"
_CODE = Code(PRIVATE_SCHEME, "EXTRA", "Extra")


def with_vocabulary(manifest: Manifest, joint: Joint, clinical: tuple[str, ...] = ()) -> Manifest:
    """A manifest that describes the same network for another vocabulary; calibration and figures are left out.

    So is the training reference: what is usual and how certain outlines are changes with what is learned.

    Args:
        clinical: columns of clinical values that may be an input; none switches that input off.
    """
    network = {key: value for key, value in manifest.network.items() if key != "clinical"}
    network |= {"clinical": list(clinical)} if clinical else {}
    network |= _kinds_of_labels(manifest, joint)
    return replace(
        manifest,
        joint=joint.name,
        structures=joint.structures,
        abnormalities=joint.abnormalities,
        network=network,
        calibration={},
        figures={},
        logit_adjustment={},  # the weights that are taken over have it
        training_reference=None,
    )


def _kinds_of_labels(manifest: Manifest, joint: Joint) -> dict[str, list[int]]:
    """`solid_labels` and `detail_labels` in another vocabulary's numbers, where they are not what they were.

    A structure that is new is looked at closely and nowhere taken for solid: that costs time and spoils nothing.
    """
    before = {structure.name: structure.label for structure in manifest.structures}
    found: dict[str, list[int]] = {}
    keys = {"solid_labels": False, **({"detail_labels": True} if manifest.network.get("detail") else {})}
    for key, new in keys.items():
        old = list(network_for(manifest.network, manifest.structures)[key])
        labels = [s.label for s in joint.structures if (before[s.name] in old if s.name in before else new)]
        found |= {key: labels} if labels != old else {}
    return found


def transferred_model(bundle: Bundle, manifest: Manifest) -> OrthoModel:
    """A model for `manifest` with the bundle's weights wherever both speak of the same thing.

    Rows of structures and abnormalities are matched by name, not by number. Encoders and fusion are taken over whole.

    Args:
        bundle: the start.
        manifest: by `with_vocabulary` from the bundle's own.
    """
    source, target = load_model(bundle), build_model(manifest)
    rows = {
        "structures": _matches(_classes(bundle.manifest.structures), _classes(manifest.structures)),
        "abnormalities": _matches(_names(bundle.manifest.abnormalities), _names(manifest.abnormalities)),
    }
    axes = vocabulary_axes(manifest)
    old, new = source.state_dict(), target.state_dict()
    for name, value in new.items():
        if name not in old:
            continue
        if name in axes:
            kind, axis = axes[name]
            _copy_rows(old[name], value, axis, rows[kind])
        elif old[name].shape == value.shape:
            value.copy_(old[name])
    target.load_state_dict(new)
    return target


def vocabulary_axes(manifest: Manifest) -> dict[str, tuple[str, int]]:
    """Which weights have one row for each structure or abnormality: name -> ("structures" | "abnormalities", axis).

    Found by building the network once more with one word more, so that no list of layers has to be kept.
    """
    label = 1 + max((structure.label for structure in manifest.structures), default=0)
    extra = Structure(_EXTRA, label, "Extra", (0, 0, 0), _CODE)
    finding = Abnormality(_EXTRA, "Extra", _CODE, _CODE, _CODE)
    larger = {
        "structures": replace(manifest, structures=(*manifest.structures, extra)),
        "abnormalities": replace(manifest, abnormalities=(*manifest.abnormalities, finding)),
    }
    with torch.device("meta"):
        plain = {name: value.shape for name, value in build_model(manifest).state_dict().items()}
        found = {}
        for kind, other in larger.items():
            for name, value in build_model(other).state_dict().items():
                differing = [a for a, (x, y) in enumerate(zip(plain[name], value.shape, strict=True)) if x != y]
                if differing:
                    (found[name],) = ((kind, axis) for axis in differing)
    return found


def keep_rows(
    weights: Mapping[str, Tensor], start: Mapping[str, Tensor], manifest: Manifest, abnormalities: Collection[str]
) -> dict[str, Tensor]:
    """Weights with the rows of some abnormalities as they were at the start, to the bit.

    A finding without labels gets no gradient, but weight decay still moves it a little.
    """
    kept = {name: value.clone() for name, value in weights.items()}
    numbers = [number for number, name in enumerate(_names(manifest.abnormalities)) if name in abnormalities]
    for name, (kind, axis) in vocabulary_axes(manifest).items():
        if kind == "abnormalities":
            _copy_rows(start[name], kept[name], axis, [(number, number) for number in numbers])
    return kept


def _copy_rows(source: Tensor, target: Tensor, axis: int, pairs: list[tuple[int, int]]) -> None:
    for old, new in pairs:
        target.select(axis, new).copy_(source.select(axis, old))


def _matches(old: Mapping[str, int], new: Mapping[str, int]) -> list[tuple[int, int]]:
    return [(old[name], number) for name, number in new.items() if name in old]


def _classes(structures: tuple[Structure, ...]) -> dict[str, int]:
    return {"": 0, **{structure.name: structure.label for structure in structures}}  # background is row 0


def _names(abnormalities: tuple[Abnormality, ...]) -> dict[str, int]:
    return {abnormality.name: number for number, abnormality in enumerate(abnormalities)}
