"""View: one volume prepared for the encoder of its plane."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from OrthoDiffusionLib.anatomy import BODY_AXES, Axes
from OrthoDiffusionLib.volumes import Geometry, Plane


@dataclass(frozen=True, eq=False)
class View:
    """Normalised data of one plane, hung as in the reading room.

    Attributes:
        plane: which encoder it is for.
        array: (S, H, W) float32, mean about 0 and standard deviation about 0.5 within the body. Axes
            grow along `plane.hanging` in the frame of `axes`: (slice, row, column) is LIP, PIL or SPL.
        geometry: index (s, h, w) → RAS millimetres; in the mirrored world if `mirrored`.
        source: name of the Volume it comes from.
        mirrored: whether the world was reflected at x = 0; `geometry.mirrored()` undoes it.
        cropped: whether the field of view was larger than the grid allows, so that some was cut off.
        reformatted: whether slices were computed instead of taken as acquired.
        turned: whether the grid was turned to the joint's axes, so that its corners reach beyond what was imaged.
        axes: of the right joint, in RAS; a shoulder's are oblique to the body's.
    """

    plane: Plane
    array: np.ndarray
    geometry: Geometry
    source: str = ""
    mirrored: bool = False
    cropped: bool = False
    reformatted: bool = False
    turned: bool = False
    axes: Axes = BODY_AXES

    def __post_init__(self) -> None:
        if self.array.dtype != np.float32 or self.array.shape != self.geometry.shape:
            raise ValueError(
                f"a view must be float32 and fit its geometry, got {self.array.dtype} "
                f"{self.array.shape} on {self.geometry.shape}"
            )
        if not self.geometry.grows_along(self.plane.hanging, self.axes):
            codes = self.geometry.in_axes(self.axes).axis_codes
            raise ValueError(f"a {self.plane.value} view must be hung {self.plane.hanging}, got {codes}")

    def __repr__(self) -> str:
        return f"View({self.plane.value}, {self.source!r}, {self.geometry!r})"
