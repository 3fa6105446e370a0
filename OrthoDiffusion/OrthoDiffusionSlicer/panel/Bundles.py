"""The bundles of this computer as the panel shows them, and where a bundle that was carried in is kept."""

import os
from dataclasses import dataclass
from pathlib import Path

from slicer.i18n import tr as _

from OrthoDiffusionLib.anatomy import UNKNOWN_JOINT, Joint
from OrthoDiffusionLib.bundles import (
    available_bundles,
    bundle_path,
    bundles_in,
    install_bundle,
    is_shipped,
    user_bundles_folder,
)
from OrthoDiffusionLib.bundles.catalogue import BUNDLES_VARIABLE
from OrthoDiffusionLib.bundles.manifest import Manifest
from OrthoDiffusionLib.bundles.model_card import model_card
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.panel import Settings
from OrthoDiffusionSlicer.panel.inputs.JointChoice import jointsOf
from OrthoDiffusionSlicer.scene import StudyReader

_kept = ""  # the folder that `keepIn` has added


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
        shipped: whether it came with the program.
        removable: whether it may be deleted from the panel: it lies where bundles are installed.
    """

    folder: str
    title: str
    facts: str
    usable: bool
    clinical: tuple = ()
    joint: Joint = UNKNOWN_JOINT
    shipped: bool = False
    removable: bool = False

    def card(self):
        """The model card in Markdown; why there is none for a damaged one."""
        try:
            return model_card(_manifestIn(self.folder))
        except (OSError, BundleError) as error:
            return _("Cannot be used: {problem}").format(problem=error)


def choices():
    """All bundles of this computer; reads manifests only, the worker verifies the checksums."""
    found = []
    for entry in available_bundles():
        title = f"{entry.name} {entry.version}".strip()
        problem, clinical, joint = Words.said(entry.problem), (), UNKNOWN_JOINT
        if not problem:
            try:
                manifest = entry.manifest
                facts, clinical = learnedFrom(manifest), tuple(manifest.network.get("clinical", ()))
                joint = manifest.as_joint()
            except BundleError as error:
                problem = Words.error(error)
        if problem:
            facts = _("Cannot be used: {problem}").format(problem=problem)
        shipped = is_shipped(entry.folder)
        removable = not shipped and os.access(entry.folder.parent, os.W_OK) and _isOwn(entry.folder)
        found.append(BundleChoice(str(entry.folder), title, facts, not problem, clinical, joint, shipped, removable))
    return found


def _isOwn(folder):
    """Whether it lies where the panel or the command installs bundles; other folders may be those of a group."""
    own = (keptFolder(), user_bundles_folder())
    return any(os.path.realpath(folder.parent) == os.path.realpath(each) for each in own)


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


def bundleFor(nodes, *, bundle=None, joint=None):
    """The bundle that a script means: folder or name of the one that it names, or of the joint's default.

    Args:
        nodes: volume nodes, whose headers and names say the joint where neither is named.
        bundle: folder or name; None or empty for the default.
        joint: name of the joint.

    Returns:
        None for the default one, or where the worker has to say it: nothing names one of several joints.

    Raises:
        BundleError: if there is no bundle of the joint, or the named one is of another.
    """
    if bundle and joint is None:
        return bundle
    if joint is None:
        joints = jointsOf(choices())
        joint = StudyReader.namedJoint(nodes, joints) if len(joints) > 1 else ""
    if not joint:
        return None
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle  # its imports are not for Slicer's start

    return str(open_bundle(bundle or None, joint=joint.lower()).folder)


def learnedFrom(manifest):
    """One or two sentences: what a bundle learned from, and its terms, and those of a source where they are others."""
    learned = []
    for source in manifest.sources:
        name = Words.fixed(source.get("name") or source.get("title") or "")
        licence = source.get("licence") or manifest.licence
        if name:
            learned.append(name if licence == manifest.licence else f"{name} ({licence})")
    learned = "; ".join(learned) or _("see its model card")
    return _("Learned from: {learned}. Licence: {licence}.").format(learned=learned, licence=manifest.licence)


def keptFolder():
    """Where bundles that are installed in the panel are kept."""
    return Settings.bundlesFolder()


def keepIn(folder):
    """Look for bundles in one more folder, in this process and in the workers it starts; not in that of before."""
    global _kept
    known = [part for part in os.environ.get(BUNDLES_VARIABLE, "").split(os.pathsep) if part]
    if _kept in known and _kept != str(folder):
        known.remove(_kept)
    if str(folder) not in known:
        known.insert(0, str(folder))
        _kept = str(folder)
    os.environ[BUNDLES_VARIABLE] = os.pathsep.join(known)


def installAll(source, destination):
    """Install the bundles of a folder (itself, or the folders and .zip files in it), or of one .zip file.

    Returns:
        Titles of the bundles that were installed, or were there already.

    Raises:
        OrthoDiffusionError: if one is damaged or the disk is full; nothing half-copied stays. With the code
            ‘bundle_exists’ if another one of the same name and version is there.
    """
    titles = []
    for each in bundles_in(source):
        manifest = install_bundle(each, destination).manifest
        titles.append(f"{manifest.name} {manifest.version}")
    return titles
