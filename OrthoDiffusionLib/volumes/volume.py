"""Volume: a 3D grey or label image with its place in the patient."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes, Side
from OrthoDiffusionLib.errors import Notice, StudyError, printable
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.origin import Origin, SourceImage

UNORIENTED = ("no_orientation", "orientation_unknown")
"""Codes of the notices of a volume whose axes are not known to be the patient's."""


@dataclass(frozen=True, eq=False)
class Volume:
    """A 3D image. Checked when it is made: an existing Volume is 3D, finite, and fits its geometry.

    Attributes:
        array: (I, J, K), any real number type; not copied, so don't write into it.
        geometry: voxel index → RAS millimetres, of the same shape.
        name: what to call it before the user: a file's stem or a series description; may be empty.
        side: laterality its header states, if any.
        modality: DICOM modality such as ``"MR"`` or ``"CT"``, if known.
        body_part: DICOM body part such as ``"KNEE"``, if known.
        description: series description or protocol, if known.
        study_description: what the whole exam is called, e.g. ``"MRI KNEE LEFT"``, if known.
        echo_time_ms: echo time, if known.
        stack: which stack of its series this is, 0 for the first (e.g. echo number minus one).
        notices: what its reader noticed, e.g. that the file has no orientation.
        origin: patient, study, series and frame of reference, as far as the file says.
        thickness_mm: thickness of a slice, if known; the distance of slices is the geometry's.
        header_geometry: where its header puts it, if registration moved it from there; else None.
        sources: the DICOM images of the whole stack that it was read from, in their order along the stack, also where
            the array was cut or resampled since; empty if it does not come from DICOM files.

    Raises:
        StudyError: if the array is not 3D or holds NaN or infinite values.
        ValueError: if array and geometry do not have the same shape, or values are not real numbers.
    """

    array: np.ndarray
    geometry: Geometry
    name: str = ""
    side: Side | None = None
    modality: str | None = None
    body_part: str | None = None
    description: str = ""
    echo_time_ms: float | None = None
    stack: int = 0
    notices: tuple[Notice, ...] = ()
    origin: Origin = field(default_factory=Origin)
    study_description: str = ""
    thickness_mm: float | None = None
    header_geometry: Geometry | None = None
    sources: tuple[SourceImage, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "name", printable(self.name))
        array = np.asarray(self.array)
        where = Message("volume", values={"name": self.name}) if self.name else ""
        if array.ndim != 3:
            raise StudyError(Message("study", "not_three_dimensions", {"count": array.ndim}), where=where)
        if array.dtype == bool:
            array = array.astype(np.uint8)
        if array.dtype.kind not in "iuf":
            raise ValueError(f"voxels must be real numbers, got {array.dtype} instead")
        if array.shape != self.geometry.shape:
            raise ValueError(f"array {array.shape} and geometry {self.geometry.shape} must agree")
        if array.dtype.kind == "f":
            # The sum is finite exactly if all voxels are, short of overflow; it spares a mask. Along an axis that
            # repeats the same memory (`np.broadcast_to`) one look is enough.
            once = array[tuple(slice(None if stride else 1) for stride in array.strides)]
            with np.errstate(invalid="ignore", over="ignore"):
                suspicious = not np.isfinite(once.sum(dtype=np.float64))
            bad = int(np.count_nonzero(~np.isfinite(array))) if suspicious else 0
            if bad:
                raise StudyError(Message("study", "not_numbers", {"bad": bad, "count": array.size}), where=where)
        object.__setattr__(self, "array", array)

    def reoriented(self, codes: str, axes: Axes = BODY_AXES) -> Volume:
        """The same voxels with axes growing along `codes`, e.g. ``"LIP"``; a view, not a copy.

        Args:
            codes: of the frame that `axes` are the axes of, a joint's; else of the body.
        """
        perm, flips = self.geometry.in_axes(axes).reorientation_to(codes)
        array = self.array.transpose(perm)[tuple(slice(None, None, -1 if f else 1) for f in flips)]
        return replace(self, array=array, geometry=self.geometry.reoriented(codes, axes))

    def mirrored(self, x_ras: float = 0.0) -> Volume:
        """Reflected at the sagittal plane x = `x_ras`: a left joint becomes a right one."""
        side = self.side.opposite if self.side is not None else None
        return replace(self, geometry=self.geometry.mirrored(x_ras), side=side)

    @property
    def is_oriented(self) -> bool:
        """Whether its file says how it lies in the patient; without that, nothing in it shows left or right."""
        return not any(notice.code in UNORIENTED for notice in self.notices)

    def with_array(self, array: np.ndarray) -> Volume:
        """Other values on the same grid, with the same names and tags."""
        return replace(self, array=array)

    def __repr__(self) -> str:
        name = f"{self.name!r}, " if self.name else ""
        return f"Volume({name}{self.array.dtype}, {self.geometry!r})"
