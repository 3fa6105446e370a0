"""The panel's own translations, which come with the extension."""

import os

import slicer


def load(folder):
    """Let Slicer take the translation of its language from a folder, if there is one.

    Slicer itself looks into its own folder only, which an extension cannot write to. It does the rest: it loads the
    .qm files of the language that it runs in, and none if its user has not switched translation on.

    Args:
        folder: holds files such as ‘OrthoDiffusion_de.qm’.
    """
    load = getattr(slicer.app, "loadTranslations", None)
    if load is not None and os.path.isdir(folder):
        load(folder)
