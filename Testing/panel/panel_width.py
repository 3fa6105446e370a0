"""Prints as JSON how wide the panel must be at least, every section open; test_keyboard.py runs it, at two scalings."""

import json
import os
import sys
import tempfile
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scene"), str(HERE.parent), str(HERE.parent.parent)]


def open_sections(panel):
    """Open all sections that are closed."""
    import ctk

    for button in panel.parent.findChildren(ctk.ctkCollapsibleButton):
        button.enabled = True
        button.collapsed = False


def main():
    import handmade_bundle
    import slicerhost

    work = Path(tempfile.mkdtemp(prefix="width-"))
    slicer = slicerhost.start(work)
    slicer.add_slice_views()
    handmade_bundle.write(work / "bundles" / "referral", "knee-referral", clinical=("age", "sex", "trauma"))
    os.environ["ORTHODIFFUSION_BUNDLES"] = str(work / "bundles")
    panel = slicerhost.open_panel(slicerhost.load_module(HERE.parent.parent / "OrthoDiffusion" / "OrthoDiffusion.py"))
    open_sections(panel)
    panel.ui.keysButton.checked = True
    for _ in range(5):
        slicer.app.processEvents()
    widths = {type(section).__name__: section.widget.minimumSizeHint.width() for section in panel.sections._all}
    print(json.dumps({
        "panel": panel.sections.widget.minimumSizeHint.width(),
        "sections": widths,
        "scale": panel.sections.widget.devicePixelRatioF(),
    }))  # fmt: skip
    sys.stdout.flush()
    panel.cleanup()
    os._exit(0)


if __name__ == "__main__":
    main()
