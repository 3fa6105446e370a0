"""The bundle for some files, and those of a program that serves studies of any joint."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from OrthoDiffusionLib.analysis.shown_joint import bundle_before_reading, bundle_of_images, joints_of_bundles
from OrthoDiffusionLib.analysis.study_inputs import StudyFiles, open_bundle
from OrthoDiffusionLib.bundles import Bundle


def bundle_for(paths: Sequence[Path], bundle: str | Path | None, joint: str | None = None) -> Bundle:
    """The bundle that is named, that of the joint, or that of the joint that the images behind paths show.

    Raises:
        OrthoDiffusionError: as `bundle_before_reading`, `StudyFiles.read` and `bundle_of_images`.
    """
    found = bundle_before_reading(bundle, joint)
    if found is None:
        files = StudyFiles.read(paths)
        found, _ = bundle_of_images(files.everything, paths=files.paths)
    return found


def all_bundles(bundle: str | Path | None, joint: str | None = None) -> tuple[Bundle, ...]:
    """The bundle that is named, or that of the joint; without either, the default one of each joint.

    Raises:
        BundleError: as `open_bundle`, for any of them.
    """
    found = bundle_before_reading(bundle, joint)
    return (found,) if found is not None else tuple(open_bundle(None, joint=one.name) for one in joints_of_bundles())
