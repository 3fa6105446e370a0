"""A sitting in a Slicer of its own, to be killed: opens a case, draws without end, and says what it has drawn.

python Testing/panel/sitting_to_kill.py FOLDER SECONDS
A line of standard output is the number of a stroke and the time at which it was drawn; stroke n fills n rows of voxels.
"""

import os
import sys
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scene")]


def main(folder, seconds):
    import slicerhost

    own = Path(folder) / f"slicer-{os.getpid()}"
    own.mkdir()
    slicerhost.make_launcher(own)
    slicer = slicerhost.start(own)
    slicer.add_slice_views()
    module = slicerhost.load_module(HERE.parent.parent / "OrthoDiffusion" / "OrthoDiffusion.py")
    from OrthoDiffusionSlicer.panel import Settings
    from OrthoDiffusionSlicer.scene.VoxelHash import labelsOfSegment

    Settings.store(Settings.AUTOSAVE, seconds)
    panel = slicerhost.open_panel(module)
    worklists = panel.session.worklists
    worklists.background.wanted = False
    worklists.setReader("Ann")
    worklists.open(Path(folder) / "worklist.json")
    worklists.next()
    while worklists.case is None:
        assert worklists.problem is None, worklists.problem
        slicer.app.processEvents()
        time.sleep(0.002)
    print("opened", worklists.message, flush=True)
    segment = worklists.saving.node.GetSegmentation().GetSegment("femur")
    image = segment.GetRepresentation("Binary labelmap")
    voxels, _affine = labelsOfSegment(segment)
    rows = voxels.reshape(-1, voxels.shape[-1])
    stroke = int((rows == 1).all(axis=1).sum())
    while stroke < len(rows):
        rows[stroke] = 1
        stroke += 1
        image.GetPointData().GetScalars().Modified()
        image.Modified()
        print(stroke, time.time(), flush=True)
        end = time.monotonic() + 0.01
        while time.monotonic() < end:
            slicer.app.processEvents()
            time.sleep(0.001)


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
