"""Which joint some images are of, as far as their headers say."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path

from OrthoDiffusionLib.analysis.study_inputs import open_bundle
from OrthoDiffusionLib.anatomy import Joint, find_joint
from OrthoDiffusionLib.bundles import Bundle, available_bundles
from OrthoDiffusionLib.volumes import Volume
from OrthoDiffusionLib.volumes.inputs import read_inputs


def named_joint(volumes: Iterable[Volume], joints: Sequence[Joint]) -> Joint | None:
    """The one of some joints that the headers of volumes name; None if they name none of them, or several.

    Body part, series and study description and name are read for words that belong to one joint alone: a leg's are no
    word of the knee, since an ankle may be said to be of it, too.

    Args:
        joints: those that may be meant.
    """
    shared = Counter(part for joint in joints for part in joint.body_parts)
    texts = [
        " ".join((volume.body_part or "", volume.description, volume.study_description, volume.name)).upper()
        for volume in volumes
    ]
    found = [
        joint
        for joint in joints
        if any(shared[part] == 1 and part in text for part in joint.body_parts for text in texts)
    ]
    return found[0] if len(found) == 1 else None


def bundle_for(inputs: Sequence[Path], bundle: str | Path | None, joint: str | None) -> Bundle:
    """The bundle that is to analyse some images: the one that is named, that of the joint, or that of the images.

    The images are read for their joint only where neither is named and there are bundles of several joints.

    Raises:
        BundleError: as `open_bundle`; also if the images do not say which of several joints they show.
    """
    if bundle is None and joint is None:
        names = sorted({entry.joint for entry in available_bundles() if not entry.problem})
        known = [one for one in map(find_joint, names) if one is not None]
        if len(known) > 1:
            volumes, _ = read_inputs(inputs)
            meant = named_joint(volumes, known)
            joint = meant.name if meant is not None else None
    return open_bundle(bundle, joint=joint)
