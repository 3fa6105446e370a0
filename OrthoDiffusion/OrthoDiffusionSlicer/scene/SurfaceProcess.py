"""Surfaces for the 3D view, made by a process while the segments can already be seen on the slices."""

import slicer

from OrthoDiffusionSlicer.scene.corrections import KeptOutlines
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP, SURFACE
from OrthoDiffusionSlicer.scene.Surfaces import readSurface
from OrthoDiffusionSlicer.worker.HelperProcess import HelperProcess


class SurfaceProcess(HelperProcess):
    """Runs `Surfaces` for one segmentation and hands the result to its segments."""

    def __init__(self, program=None):
        super().__init__("OrthoDiffusionSlicer.scene.Surfaces", "surfaces-", program)

    def start(self, results, segmentation, labelOfSegment, earlier):
        """Make the surfaces.

        Args:
            results: the folder that the worker handed back; keep it until `finished`.
            segmentation: the segmentation node.
            labelOfSegment: segment id → label of the segments that an analysis wrote.
            earlier: segment id → surface of segments that were kept.
        """
        self.stop()
        self._segmentation, self._labelOfSegment, self._earlier = segmentation, labelOfSegment, dict(earlier)
        # An edit while the surfaces are being made would make them untrue.
        segments = segmentation.GetSegmentation()
        images = {name: segments.GetSegment(name).GetRepresentation(LABELMAP) for name in labelOfSegment}
        self._images = {name: (image, image.GetMTime()) for name, image in images.items()}
        self.run(results, self.makeFolder(), *sorted(set(labelOfSegment.values())))

    def steps(self):
        """Read the surfaces, one a step, then give them to the segments in the last step."""
        surfaces = {}
        for label in sorted(set(self._labelOfSegment.values())):
            surfaces[label] = readSurface(self.folder / f"{label}.vtp")
            yield
        self._give(surfaces)

    def _give(self, surfaces):
        if not slicer.mrmlScene.IsNodePresent(self._segmentation):
            return
        segments = self._segmentation.GetSegmentation()
        wasModifying = self._segmentation.StartModify()
        for segmentId, label in self._labelOfSegment.items():
            segment = segments.GetSegment(segmentId)
            if segment is not None and self._unchanged(segment, segmentId):
                segment.AddRepresentation(SURFACE, surfaces[label])
        for segmentId, surface in self._earlier.items():
            segment = segments.GetSegment(segmentId)
            if segment is not None:
                segment.AddRepresentation(SURFACE, surface)
        # Only segments that have none yet: those that were changed or drawn meanwhile.
        segments.CreateRepresentation(SURFACE, False)
        KeptOutlines.keepSurfaces(self._segmentation, {i: surfaces[n] for i, n in self._labelOfSegment.items()})
        self._segmentation.EndModify(wasModifying)
        segments.InvokeEvent(slicer.vtkSegmentation.ContainedRepresentationNamesModified)

    def _unchanged(self, segment, segmentId):
        image, time = self._images[segmentId]
        return segment.GetRepresentation(LABELMAP) is image and image.GetMTime() == time
