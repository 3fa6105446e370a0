"""The bundle of a batch: a batch is of one joint, which the user, the bundles or the studies name."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path

from OrthoDiffusionLib.analysis.named_joint import joint_in_words
from OrthoDiffusionLib.analysis.shown_joint import (
    bundle_before_reading,
    bundle_of_images,
    joints_of_bundles,
)
from OrthoDiffusionLib.analysis.study_inputs import StudyFiles, open_bundle
from OrthoDiffusionLib.anatomy import Joint, known_joints
from OrthoDiffusionLib.batch.cases.case import Case
from OrthoDiffusionLib.batch.cases.plan import plan_of
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import BundleError, OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.folders import files_below


def bundle_of_batch(studies: Path, out: Path | None, *, bundle: str | Path | None, joint: str | None) -> Bundle:
    """The bundle that is named, that of the joint, or that of the joint that the studies name.

    The studies are looked at only where neither is named and there are bundles of several joints; where their words
    name none, the images of the first one that can be read are.

    Args:
        studies, out: as of `StudyBatch`.

    Raises:
        BundleError: as `open_bundle`; with the code ``several_joints`` if the studies are of several joints, and
            ``joint_unknown`` if nothing says which.
        OrthoDiffusionError: if there is no study, or none can be read.
    """
    found = bundle_before_reading(bundle, joint)
    if found is not None:
        return found
    cases = plan_of(studies, out=out).cases
    named = _named(cases)
    if len(named) > 1:
        joints = sorted(named)
        values = {"joints": joints, "counts": [named[name] for name in joints]}
        raise BundleError(Message("batch", "several_joints", values), where=str(studies), code="several_joints")
    if named:
        return open_bundle(None, joint=next(iter(named)))
    return bundle_of_images(_first_readable(cases).everything, paths=(studies,))[0]


def _first_readable(cases: Sequence[Case]) -> StudyFiles:
    """One bad study must not keep the others from being analysed.

    Raises:
        OrthoDiffusionError: of the first one, if none can be read.
    """
    errors: list[OrthoDiffusionError] = []
    for case in cases:
        try:
            return StudyFiles.read(case.inputs, by_plane=case.by_plane)
        except OrthoDiffusionError as error:
            errors.append(error)
    raise errors[0]


def named_otherwise(cases: Sequence[Case], joint: Joint) -> list[str]:
    """Names of the cases whose words name another joint than the one that they are analysed as, and not this one.

    Args:
        joint: of the bundle.
    """
    joints = (joint, *(one for one in known_joints() if one.name != joint.name))
    named = ((case.name, joint_in_words(_words(case), joints)) for case in cases)
    return [name for name, other in named if other is not None and other.name != joint.name]


def _named(cases: Sequence[Case]) -> Counter[str]:
    """Joint -> how many cases name it and no other."""
    with_bundle = joints_of_bundles()
    names = {joint.name for joint in with_bundle}
    joints = (*with_bundle, *(joint for joint in known_joints() if joint.name not in names))
    named = (joint_in_words(_words(case), joints) for case in cases)
    return Counter(joint.name for joint in named if joint is not None)


def _words(case: Case) -> Iterator[str]:
    """What headers say of a case; without headers, how its files and folders are called."""
    if case.words:
        yield from case.words
        return
    yield case.name
    for path in (*case.inputs, *sum(case.by_plane.values(), ())):
        yield path.name
        if path.is_dir():
            yield from (file.name for file in files_below(path, faults=[])[0])  # its analysis says what is wrong
