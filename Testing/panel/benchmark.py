"""How long the panel keeps its user waiting, on the test host: python Testing/panel/benchmark.py [--json FILE]

A stand-in answers for the networks, so that what is measured is the panel: sending, arrival, jump, cancel. The result
is as large as a real one: 230³ voxels of 0.7 mm, 18 structures, eight heat maps. Not measured here, because they are
Slicer's: drawing the views, the Segment Editor, the layout.
"""

import argparse
import json
import os
import shutil
import sys
import tempfile
import time
from pathlib import Path

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
sys.path[:0] = [str(HERE), str(HERE.parent / "scene"), str(HERE.parent), str(ROOT)]

# name: (words, unit, limit)
FIGURES = {
    "longest_block_sending_ms": ("longest block of the main thread while volumes are sent", "ms", 50),
    "longest_block_arriving_ms": ("longest block of the main thread while results arrive", "ms", 50),
    "longest_block_surfaces_ms": ("longest block of the main thread while surfaces arrive", "ms", 50),
    "longest_block_measuring_ms": ("longest block of the main thread while outlines are measured again", "ms", 50),
    "longest_block_point_ms": ("longest block of the main thread by a point that is moved", "ms", 50),
    "longest_block_jump_ms": ("longest block of the main thread by a click on a row", "ms", 50),
    "arrays_to_segments_s": ("from arrays to segments on the slices", "s", 0.3),
    "folder_to_segments_s": ("from the worker's answer to segments on the slices, files read", "s", None),
    "surfaces_s": ("from segments on the slices to surfaces in 3D", "s", 3.0),
    "first_progress_warm_s": ("from a click to the first progress, worker warm", "s", 0.3),
    "first_words_cold_s": ("from a click to the first words, no worker yet", "s", 1.0),
    "measuring_s": ("from ‘Measure again’ to the numbers, thickness colours made as well", "s", None),
    "cancel_s": ("from Cancel to obeyed", "s", 2.0),
    "cancel_stubborn_s": ("from Cancel to obeyed, worker that does not listen", "s", 2.5),
}


def measure(repeats=3):
    """Measure everything; name → the best of ``repeats``, wall-clock, in the figure's unit.

    The best, because other work on the machine only ever adds; main-thread blocks are given as processor time of the
    main thread as well (``…_cpu_ms``), which other work cannot lengthen.
    """
    bench = _Bench()
    try:
        rounds = [bench.round() for _ in range(repeats)]
        return {name: min(values[name] for values in rounds) for name in rounds[0]}
    finally:
        bench.close()


class Heartbeat:
    """Longest time between two turns of the event loop, as wall-clock and as the main thread's processor time."""

    def __init__(self, app):
        self._app = app
        self.reset()

    def reset(self):
        self.wall = self.cpu = 0.0
        self._last = time.perf_counter(), time.thread_time()

    def turn(self):
        self._app.processEvents()
        now = time.perf_counter(), time.thread_time()
        self.wall = max(self.wall, now[0] - self._last[0])
        self.cpu = max(self.cpu, now[1] - self._last[1])
        time.sleep(0.001)
        self._last = time.perf_counter(), time.thread_time()

    def until(self, condition, seconds=120):
        """Turn until something holds; returns the seconds it took."""
        begin = time.perf_counter()
        self._last = begin, time.thread_time()
        while not condition():
            if time.perf_counter() - begin > seconds:
                raise TimeoutError("the panel did not come to rest")
            self.turn()
        return time.perf_counter() - begin


class _Bench:
    def __init__(self):
        import handmade
        import handmade_bundle
        import slicerhost

        from OrthoDiffusionLib.anatomy import KNEE
        from OrthoDiffusionLib.volumes import Geometry

        self.work = Path(tempfile.mkdtemp(prefix="benchmark-"))
        slicerhost.make_launcher(self.work)
        self.slicer = slicerhost.start(self.work)
        handmade_bundle.write(self.work / "bundles" / "hand-made")
        os.environ["ORTHODIFFUSION_BUNDLES"] = str(self.work / "bundles")
        os.environ["ORTHODIFFUSION_STANDIN"] = str(self.work / "standin.json")
        geometry = Geometry.from_box((-80.15,) * 3, (80.15,) * 3, 0.7)
        boxes = {
            structure.name: ((-60 + 24 * (n % 6), -40 + 40 * (n // 6), 10 * (n % 3)), 11.0)
            for n, structure in enumerate(KNEE.structures)
        }
        boxes |= {"femur": ((0.0, 0.0, 52.0), 24.0), "tibia": ((0.0, 0.0, -52.0), 24.0)}
        self.results = handmade.save_array_results(
            self.work / "results", labels=handmade.box_labels(geometry, boxes), **handmade.drawn_anywhere(geometry)
        )
        self.shape = geometry.shape
        module = slicerhost.load_module(ROOT / "OrthoDiffusion" / "OrthoDiffusion.py")
        self.tell(mode="normal", pause=0.05, steps=4)
        self.panel = slicerhost.open_panel(module)
        self.panel.run.worker.arguments = [str(HERE / "standin_worker.py")]
        self.panel.parent.show()
        self.beat = Heartbeat(self.slicer.app)

    def tell(self, **settings):
        path = self.work / "standin.json"
        told = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {"results": str(self.results)}
        path.write_text(json.dumps({**told, **settings}), encoding="utf-8")

    def round(self):
        """All figures once, from an empty scene and without a worker."""
        import handmade
        from nodes import AXES, add_volume, affine_around_origin
        from OrthoDiffusionSlicer.panel.AnalysisRun import ARRIVING, COMPUTING

        panel, beat, figures = self.panel, self.beat, {}
        panel.run.worker.stop()
        self.slicer.mrmlScene.Clear(False)
        self.slicer.add_slice_views()
        shape = (512, 512, 36)
        for plane, name in handmade.PLANES.items():
            affine = affine_around_origin(AXES[plane], (0.3, 0.3, 4.0), shape)
            add_volume(self.slicer.mrmlScene, name, affine=affine, shape=shape)
        beat.until(lambda: panel.ui.analyzeButton.enabled)
        self.tell(mode="normal", pause=0.05)

        panel.session.analysis.outcome, panel.ui.stageLabel.text = None, ""
        begin = time.perf_counter()
        panel.ui.analyzeButton.click()
        beat.until(lambda: panel.ui.stageLabel.text)
        figures["first_words_cold_s"] = time.perf_counter() - begin
        beat.until(lambda: not panel.run.busy and not panel.run._laterSteps.busy and not panel.run._surfaces.busy)

        seen = []
        panel.run.worker.progressed.connect(lambda *_: seen.append(time.perf_counter()))
        done = []
        panel.run.surfacesDone.connect(done.append)
        beat.reset()
        begin = time.perf_counter()
        panel.ui.analyzeButton.click()
        beat.until(lambda: seen)
        figures["first_progress_warm_s"] = seen[0] - begin
        self._block(figures, "sending")
        beat.until(lambda: panel.run.state != COMPUTING)
        beat.reset()
        assert panel.run.state == ARRIVING
        figures["folder_to_segments_s"] = beat.until(lambda: not panel.run.busy)
        self._block(figures, "arriving")
        beat.reset()
        figures["surfaces_s"] = beat.until(lambda: done)
        assert done == [""], done
        self._block(figures, "surfaces")
        beat.reset()
        panel.ui.findingsTable.cellClicked.emit(panel.sections.findings.table.rowOf("medial_meniscus_injury"), 0)
        beat.turn()
        self._block(figures, "jump")
        self._measurements(figures)
        figures["arrays_to_segments_s"] = self._arrays_to_segments()

        for name, mode in (("cancel_s", "normal"), ("cancel_stubborn_s", "stubborn")):
            self.tell(mode=mode, pause=30)
            panel.ui.analyzeButton.click()
            beat.until(lambda: panel.ui.stageLabel.text == "Step 1")
            panel.ui.cancelButton.click()
            figures[name] = beat.until(lambda: not panel.run.busy)
        return figures

    def _measurements(self, figures):
        """A point moved by hand, then all outlines measured again with the thickness as colours."""
        from OrthoDiffusionSlicer.measuring import MeasurementMarkups

        panel, beat, measurements = self.panel, self.beat, self.panel.session.measurements
        name = "trochlear_sulcus_angle"
        panel.ui.measurementsTable.cellClicked.emit(panel.sections.measurements.table.rowOf(name), 0)
        beat.turn()
        (angle,) = MeasurementMarkups.nodes(panel.session.results.table, measurements.row(name).definition)
        beat.reset()
        x, y, z = angle.GetNthControlPointPositionWorld(1)
        angle.SetNthControlPointPositionWorld(1, x, y - 3.0, z)
        angle.InvokeCustomModifiedEvent(angle.PointEndInteractionEvent)
        beat.turn()
        self._block(figures, "point")
        beat.reset()
        panel.ui.thicknessButton.click()
        figures["measuring_s"] = beat.until(lambda: not measurements.process.busy)
        self._block(figures, "measuring")

    def _block(self, figures, name):
        figures[f"longest_block_{name}_ms"] = 1000 * self.beat.wall
        figures[f"longest_block_{name}_cpu_ms"] = 1000 * self.beat.cpu

    def _arrays_to_segments(self):
        """Labels and provenance in memory → segments in the scene; nothing is read."""
        from OrthoDiffusionSlicer.scene.ResultsFolder import ResultsFolder
        from OrthoDiffusionSlicer.scene.SegmentationWriter import SegmentationWriter

        folder = ResultsFolder(self.results)
        for _ in folder.steps():
            pass
        begin = time.perf_counter()
        writer = SegmentationWriter(self.slicer.mrmlScene, folder.labels, folder.findings, {})
        for _ in writer.prepare():
            pass
        result = writer.commit()
        seconds = time.perf_counter() - begin
        self.slicer.mrmlScene.RemoveNode(result.node)
        return seconds

    def close(self):
        import slicerhost
        from OrthoDiffusionSlicer.worker import LeavingProcesses

        slicerhost.close_panel(self.panel)
        self.beat.until(lambda: not LeavingProcesses._leaving, seconds=10)
        shutil.rmtree(self.work, ignore_errors=True)


def lines(figures):
    """The figures as a table for people, each with its limit."""
    rows = []
    for name, (words, unit, limit) in FIGURES.items():
        value = figures[name]
        verdict = "" if limit is None else f"limit {limit:g} {unit}" + ("" if value <= limit else "  EXCEEDED")
        cpu = figures.get(name.replace("_ms", "_cpu_ms")) if unit == "ms" else None
        extra = f"({cpu:.0f} ms of it processor time)" if cpu is not None else ""
        rows.append(f"{words:64s} {value:8.3f} {unit:2s} {verdict:18s} {extra}".rstrip())
    return rows


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--json", type=Path, help="write the figures to this file as well")
    parser.add_argument("--repeats", type=int, default=3, help="rounds; the best of each figure counts")
    given = parser.parse_args()
    figures = measure(given.repeats)
    print("\n".join(lines(figures)))
    print("On the test host: Slicer's own drawing of the views is not in these figures.")
    if given.json:
        given.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
