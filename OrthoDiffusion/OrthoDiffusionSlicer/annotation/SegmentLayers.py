"""A segmentation node ↔ label layers of the library: a copy that nothing in the scene changes, and back."""

import zlib

import numpy as np
import slicer
import vtk
from vtk.util.numpy_support import numpy_to_vtk, vtk_to_numpy

from OrthoDiffusionLib.annotation.label_layers import LabelLayers, SegmentRecord
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes import Geometry
from OrthoDiffusionSlicer import Words
from OrthoDiffusionSlicer.scene.SegmentationWriter import LABELMAP, removeAllSegments
from OrthoDiffusionSlicer.scene.VoxelHash import imageAffine


def layersOf(*nodes, placements=None):
    """A copy of what a segmentation node holds now, or several together.

    Segments that the Segment Editor has moved into layers of other extents are put on one grid; what lies on a coarser
    grid than others, such as a label map in thick slices beside predicted outlines, is put on the finer one, and so is
    what was turned or moved against them.

    Args:
        nodes: segmentation nodes; a segment whose id an earlier one has already is kept as its new prediction.
        placements: for each node, its own RAS mm → the RAS mm of the layers, (4, 4); None for nodes that stay.

    Returns:
        LabelLayers; None if no segment has any voxel.

    Raises:
        OrthoDiffusionError: if the outlines lie so far apart that no grid can hold all of them.
    """
    segments = _segmentsOf(nodes)
    layerOf = {}  # labelmap image → number of its layer
    images = []  # the same images where they are placed
    for segment, _title, number in segments.values():
        image = segment.GetRepresentation(LABELMAP)
        if _holdsVoxels(image) and image not in layerOf:
            layerOf[image] = len(layerOf)
            images.append(_placed(image, placements[number]) if placements is not None else image)
    if not layerOf:
        return None
    grid = _Grid(images)
    arrays = tuple(map(grid.copyOf, images))
    free = 1 + max(int(arrays[0].max()), *(segment.GetLabelValue() for segment, _title, _node in segments.values()))
    records = []
    for name, (segment, title, _number) in segments.items():
        image = segment.GetRepresentation(LABELMAP)
        layer, label = (layerOf[image], segment.GetLabelValue()) if _holdsVoxels(image) else (0, free)
        records.append(SegmentRecord(name, title, segment.GetColor(), layer, label, tagsOf(segment)))
    return LabelLayers(arrays, grid.geometry, tuple(records))


def fill(node, layers):
    """Give a segmentation node these segments, all others go.

    Args:
        node: a segmentation node.
        layers: LabelLayers.
    """
    images = [imageOf(array, layers.geometry) for array in layers.arrays]
    segmentation = node.GetSegmentation()
    converter = slicer.vtkSegmentationConverter
    wasModifying = node.StartModify()
    try:
        removeAllSegments(segmentation)
        for record in layers.segments:
            segment = slicer.vtkSegment()
            segment.SetName(record.name)
            segment.SetColor(*record.colour)
            segment.SetLabelValue(record.label)
            for key, value in record.tags.items():
                segment.SetTag(key, value)
            segment.AddRepresentation(LABELMAP, images[record.layer])
            segmentation.AddSegment(segment, record.id)
        if images:
            segmentation.SetConversionParameter(
                converter.GetReferenceImageGeometryParameterName(), converter.SerializeImageGeometry(images[0])
            )
    finally:
        node.EndModify(wasModifying)
    segmentation.InvokeEvent(slicer.vtkSegmentation.SourceRepresentationModified)


def emptyLayers(geometry, *nodes):
    """The segments of nodes in none of which any voxel is left, as one layer without any."""
    records = tuple(
        SegmentRecord(name, title, segment.GetColor(), 0, number, tagsOf(segment))
        for number, (name, (segment, title, _node)) in enumerate(_segmentsOf(nodes).items(), 1)
    )
    return LabelLayers((np.zeros(geometry.shape, np.uint8, order="F"),), geometry, records)


def _segmentsOf(nodes):
    """Id that no other has → (segment, its title, number of its node)."""
    segments = {}
    for place, node in enumerate(nodes):
        segmentation = node.GetSegmentation()
        for name in segmentation.GetSegmentIDs():
            segment, free, number = segmentation.GetSegment(name), name, 1
            title = segment.GetName()
            if name in segments:
                title = Words.said(Message("node", "new_prediction", {"title": title}))
            while free in segments:
                free, number = f"{name}_prediction{number if number > 1 else ''}", number + 1
            segments[free] = segment, title, place
    return segments


def fingerprint(*nodes):
    """Changes when a person has changed anything of one or more segmentations; costs nothing."""
    marks = []
    for name, (segment, _title, _node) in _segmentsOf(nodes).items():
        image = segment.GetRepresentation(LABELMAP)
        time = image.GetMTime() if image is not None else 0
        marks.append((name, segment.GetName(), segment.GetLabelValue(), segment.GetColor(), time, statusOf(segment)))
    return tuple(marks)


def contentMark(layers):
    """Changes when the content does; a few milliseconds for a whole knee."""
    mark = zlib.crc32(repr((layers.segments, layers.geometry.affine.round(4).tolist())).encode())
    for array in layers.arrays:
        mark = zlib.crc32(array.T.reshape(-1).view(np.uint8).data, mark)  # as it lies in memory
    return mark


def statusOf(segment):
    """The status of a segment as a number, see vtkSlicerSegmentationsModuleLogic."""
    return slicer.vtkSlicerSegmentationsModuleLogic.GetSegmentStatus(segment)


def tagsOf(segment):
    """The tags of a segment that are kept: name → value. Slicer has no list of them for Python."""
    found = {}
    for name in _TAGS:
        value = vtk.reference("")
        if segment.GetTag(name, value):
            found[name] = str(value)
    return found


_TAGS = (
    "TerminologyEntry",
    "Segmentation.Status",
    *(f"OrthoDiffusion.{name}" for name in (
        "Structure", "VoxelHash", "VoxelOrigin", "Bundle", "BundleSHA256", "Created", "Complete", "Label", "Reader",
    )),
)  # fmt: skip


_MOST_VOXELS = 4e8
"""Ten times those of a large study: outlines that a slip of the mouse took metres away must not fill the memory."""


def _holdsVoxels(image):
    return image is not None and image.GetNumberOfPoints() > 0 and image.GetPointData().GetScalars() is not None


def _placed(image, matrix):
    """A labelmap image where a matrix takes it; the voxels are shared."""
    if np.allclose(matrix, np.eye(4), atol=1e-9):
        return image
    toWorld, placed = vtk.vtkMatrix4x4(), slicer.vtkOrientedImageData()
    image.GetImageToWorldMatrix(toWorld)
    toWorld.DeepCopy((matrix @ slicer.util.arrayFromVTKMatrix(toWorld)).ravel().tolist())
    placed.ShallowCopy(image)
    placed.SetGeometryFromImageToWorldMatrix(toWorld)
    return placed


class _Grid:
    """The grid that holds all of some labelmap images; its axes and voxels are those of the finest one, the first of
    several that are as fine."""

    def __init__(self, images):
        finest = min(images, key=lambda image: round(abs(np.linalg.det(imageAffine(image)[:3, :3])), 6))
        self._affine = imageAffine(finest)
        ends = np.concatenate([self._ends(image) for image in images])
        low, high = np.floor(ends.min(axis=0) + 1e-3).astype(int), np.ceil(ends.max(axis=0) - 1e-3).astype(int)
        self._low = low
        if np.prod(high - low + 1.0) > _MOST_VOXELS:
            raise OrthoDiffusionError(Message("scene", "case_scattered"))
        placed = self._affine.copy()
        placed[:3, 3] += self._affine[:3, :3] @ low
        self.geometry = Geometry(tuple(int(n) for n in high - low + 1), placed)

    def copyOf(self, image):
        """An image's voxels (I, J, K) on this grid; memory in VTK's order."""
        if not self._fits(image):
            image = self._resampled(image)
        size, start = image.GetDimensions(), self._ends(image)[0].round().astype(int) - self._low
        voxels = vtk_to_numpy(image.GetPointData().GetScalars()).reshape(size[::-1]).transpose(2, 1, 0)
        if tuple(size) == self.geometry.shape:
            return np.array(voxels, order="F")
        whole = np.zeros(self.geometry.shape, voxels.dtype, order="F")
        whole[tuple(slice(low, low + count) for low, count in zip(start, size, strict=True))] = voxels
        return whole

    def _ends(self, image):
        """The corners of an image, (8, 3), in the finest one's indices; the first voxel first."""
        affine, size = imageAffine(image), image.GetDimensions()
        corners = np.array(np.meshgrid(*((0, n - 1) for n in size), indexing="ij")).reshape(3, 8)
        places = affine[:3, :3] @ corners + affine[:3, 3:]
        return np.linalg.solve(self._affine[:3, :3], places - self._affine[:3, 3:]).T

    def _fits(self, image):
        """Whether an image is a part of the same endless grid."""
        if not np.allclose(imageAffine(image)[:3, :3], self._affine[:3, :3], atol=1e-5):
            return False
        start = self._ends(image)[0]
        return bool(np.abs(start - np.round(start)).max() < 1e-3)

    def _resampled(self, image):
        """By the nearest voxel: what is there is shown as it is, and no finer than it was drawn."""
        reference = imageOf(np.zeros(self.geometry.shape, np.uint8, order="F"), self.geometry)
        resampled, resample = slicer.vtkOrientedImageData(), slicer.vtkOrientedImageDataResample
        resample.ResampleOrientedImageToReferenceOrientedImage(image, reference, resampled, False, False)
        return resampled


def imageOf(array, geometry):
    """A layer as Slicer's oriented image; a copy."""
    image = slicer.vtkOrientedImageData()
    image.SetDimensions(*geometry.shape)
    scalars = numpy_to_vtk(np.asfortranarray(array).T.reshape(-1), deep=True)
    scalars.SetName("ImageScalars")
    image.GetPointData().SetScalars(scalars)
    matrix = vtk.vtkMatrix4x4()
    matrix.DeepCopy(geometry.affine.ravel().tolist())
    image.SetGeometryFromImageToWorldMatrix(matrix)
    return image
