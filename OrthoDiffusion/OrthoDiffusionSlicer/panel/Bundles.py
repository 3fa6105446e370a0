"""The bundles of this computer as the panel shows them, and where a bundle that was carried in is kept."""

import os
import shutil
from dataclasses import dataclass
from pathlib import Path

import slicer
from slicer.i18n import tr as _

from OrthoDiffusionLib.anatomy import UNKNOWN_JOINT, Joint
from OrthoDiffusionLib.bundles import Bundle, available_bundles, bundle_path
from OrthoDiffusionLib.bundles.catalogue import BUNDLES_VARIABLE
from OrthoDiffusionLib.bundles.manifest import Manifest
from OrthoDiffusionLib.errors import BundleError, OrthoDiffusionError, OutputError
from OrthoDiffusionSlicer import Words


@dataclass(frozen=True)
class BundleChoice:
    """One line of the bundle selector.

    Attributes:
        folder: its folder, as text.
        title: name and version.
        facts: what it learned from and what it may be used for, or why it cannot be used.
        usable: False for a damaged one.
        clinical: what of a referral it takes: any of age, sex and trauma.
        joint: the Joint it reads; one of which nothing is known for a damaged one.
    """

    folder: str
    title: str
    facts: str
    usable: bool
    clinical: tuple = ()
    joint: Joint = UNKNOWN_JOINT


def choices():
    """All bundles of this computer; reads manifests only, the worker verifies the checksums."""
    found = []
    for entry in available_bundles():
        title = f"{entry.name} {entry.version}".strip()
        problem, clinical, joint = Words.said(entry.problem), (), UNKNOWN_JOINT
        if not problem:
            try:
                manifest = _manifestIn(entry.folder)
                facts, clinical = learnedFrom(manifest), tuple(manifest.network.get("clinical", ()))
                joint = manifest.as_joint()
            except (OSError, BundleError) as error:
                problem = Words.error(error)
        if problem:
            facts = _("Cannot be used: {problem}").format(problem=problem)
        found.append(BundleChoice(str(entry.folder), title, facts, not problem, clinical, joint))
    return found


def _manifestIn(folder):
    path = Path(folder) / "manifest.json"
    return Manifest.from_json(path.read_text(encoding="utf-8"), where=str(path))


def jointOf(bundle):
    """The Joint that a bundle knows; one of which nothing is known where there is no usable bundle.

    Args:
        bundle: folder or name; None or empty for the default.
    """
    try:
        return _manifestIn(bundle_path(bundle or None)).as_joint()
    except (OSError, BundleError):
        return UNKNOWN_JOINT


def learnedFrom(manifest):
    """One or two sentences: what a bundle learned from, and its terms."""
    names = [source.get("name") or source.get("title") or "" for source in manifest.sources]
    learned = ", ".join(name for name in names if name) or _("see its model card")
    return _("Learned from: {learned}. Licence: {licence}.").format(learned=learned, licence=manifest.licence)


def keptFolder():
    """Where bundles that were carried in are kept: beside Slicer's settings, so that updates leave them alone."""
    default = os.path.join(os.path.dirname(slicer.app.slicerUserSettingsFilePath), "OrthoDiffusionBundles")
    return slicer.util.settingsValue("OrthoDiffusion/BundlesFolder", default)


def keepIn(folder):
    """Look for bundles in one more folder, in this process and in the workers it starts."""
    known = [part for part in os.environ.get(BUNDLES_VARIABLE, "").split(os.pathsep) if part]
    if str(folder) not in known:
        os.environ[BUNDLES_VARIABLE] = os.pathsep.join([str(folder), *known])


def copyBundles(source, destination):
    """Copy the bundles of a folder, itself or its sub-folders, and verify each before it counts.

    Returns:
        Titles of the bundles that were copied.

    Raises:
        OrthoDiffusionError: if one is damaged or the disk is full; nothing half-copied stays.
    """
    source = Path(source)
    folders = (
        [source] if (source / "manifest.json").is_file() else sorted(p.parent for p in source.glob("*/manifest.json"))
    )
    titles = []
    for folder in folders:
        bundle = Bundle.open(folder)
        manifest = bundle.manifest
        target = Path(destination) / f"{manifest.name}-{manifest.version}"
        unfinished = target.with_name(f".{target.name}.unfinished")
        try:
            shutil.rmtree(unfinished, ignore_errors=True)
            shutil.copytree(folder, unfinished)
            Bundle.open(unfinished)
            shutil.rmtree(target, ignore_errors=True)
            unfinished.rename(target)
        except OSError as error:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise OutputError(
                _("The bundle cannot be copied: {error}").format(error=error.strerror or error),
                where=str(target),
                remedy=_("Free some disk space and install again."),
            ) from error
        except OrthoDiffusionError:
            shutil.rmtree(unfinished, ignore_errors=True)
            raise
        titles.append(f"{manifest.name} {manifest.version}")
    return titles
