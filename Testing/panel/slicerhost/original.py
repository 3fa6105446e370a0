"""Slicer's own Python files in place of the host's stand-ins: ``SLICER_SOURCE=DIR``, a checkout or an exported tree.

    git -C Slicer archive 5.10 Base/Python | tar x -C DIR
    SLICER_SOURCE=DIR QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest Testing/panel

The parameter node wrapper, the base classes of scripted modules, the translation and ``slicer.util`` are Slicer's
then; Qt, the widgets and the scene stay the host's.
"""

import importlib
import os
import pathlib
import re
import sys

VARIABLE = "SLICER_SOURCE"
NAMES = ("util", "i18n", "ScriptedLoadableModule", "parameterNodeWrapper")


def folder():
    """Folder of Slicer's package ``slicer`` in the source tree that was named, None if none was."""
    named = os.environ.get(VARIABLE)
    if not named:
        return None
    path = pathlib.Path(named) / "Base" / "Python" / "slicer"
    if not (path / "parameterNodeWrapper" / "wrapper.py").is_file():
        raise FileNotFoundError(f"{VARIABLE}={named}: no Base/Python/slicer/parameterNodeWrapper there")
    return path


def install(slicer, path, qt, ctk):
    """Import Slicer's own files from ``path`` into the package ``slicer``."""
    _lend_widgets(slicer, path, qt, ctk)
    slicer.__path__.insert(0, str(path))
    slicer.qSlicerWidget = getattr(slicer, "qSlicerWidget", slicer.qMRMLWidget)
    for name in NAMES:
        sys.modules.pop(f"slicer.{name}", None)
        module = importlib.import_module(f"slicer.{name}")
        if pathlib.Path(module.__file__).resolve().is_relative_to(path.resolve()):
            setattr(slicer, name, module)
        else:
            raise ImportError(f"slicer.{name} came from {module.__file__}")


def _lend_widgets(slicer, path, qt, ctk):
    """Names of widgets that the wrapper's connectors mention and the host does not have; no .ui file can use them."""
    for file in (path / "parameterNodeWrapper").rglob("*.py"):
        for home, name in re.findall(r"\b(ctk|slicer)\.((?:ctk|qMRML)\w+)", file.read_text(encoding="utf-8")):
            owner = ctk if home == "ctk" else slicer
            if not hasattr(owner, name):
                setattr(owner, name, type(name, (qt.QWidget,), {}))
