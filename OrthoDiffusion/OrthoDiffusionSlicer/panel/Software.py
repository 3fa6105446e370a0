"""The bundles and Python packages of this computer: what is there, what is missing, how it is carried in by hand."""

import os

from slicer.i18n import tr as _

from OrthoDiffusionLib.bundles import remove_bundle
from OrthoDiffusionSlicer.panel import Bundles


class Software:
    """What an analysis needs beside the volumes.

    Args:
        requirements: PythonRequirements.

    Attributes:
        requirements: the same.
        bundles: BundleChoices, as `findBundles` found them.
        missing: Python packages that are missing, as texts; None before `checkPackages`.
        askedFolder: the folder that something was to be installed from last, None before that.
        installed: what came from there, as texts; None if there is no such folder.
        added, removed: titles of the bundles that were installed last, and of the one that was removed.
    """

    def __init__(self, requirements):
        self.requirements = requirements
        self.bundles, self.missing, self.askedFolder, self.installed = [], None, None, None
        self.added, self.removed = [], ""

    def findBundles(self):
        Bundles.keepIn(Bundles.keptFolder())  # the user may have set another one
        self.bundles = Bundles.choices()

    def checkPackages(self):
        self.missing = self.requirements.missing()

    def bundleIn(self, folder):
        """The BundleChoice of a folder, None if there is none."""
        return next((bundle for bundle in self.bundles if bundle.folder == folder), None)

    def bundleOf(self, joint):
        """The first BundleChoice of a Joint that can be used, None if there is none."""
        return next((each for each in self.bundles if each.usable and each.joint.name == joint.name), None)

    def installFrom(self, folder):
        """Take wheels and bundles from a folder, without any network.

        Raises:
            OrthoDiffusionError: if something of it is damaged or missing; what came before it is installed.
        """
        self.askedFolder, self.installed = folder, None
        if not os.path.isdir(folder):
            return
        self.installed = done = []
        try:
            for title in Bundles.installAll(folder, Bundles.keptFolder()):
                done.append(_("Bundle {title}").format(title=title))
            if not done or self.requirements.wheelsIn(folder):  # a folder of bundles need not hold wheels as well
                done += self.requirements.installFromFolder(folder)
        finally:
            self.findBundles()
            self.checkPackages()

    def removeBundle(self, bundle):
        """Delete the bundle of a BundleChoice.

        Raises:
            OrthoDiffusionError: if it came with the program, or cannot be deleted.
        """
        self.added, self.removed = [], ""
        try:
            remove_bundle(bundle.folder)
            self.removed = bundle.title
        finally:
            self.findBundles()
