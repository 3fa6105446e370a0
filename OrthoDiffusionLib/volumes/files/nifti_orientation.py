"""Where a NIfTI file lies in the patient: it may say so twice, as sform and as qform, and in a wrong unit.

ITK and 3D Slicer read the qform wherever there is one, nibabel and FSL the sform. Where both agree it does not
matter; where they do not, the rules of `_which` take the one that a program still kept right, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from OrthoDiffusionLib.errors import Notice, VolumeFileError
from OrthoDiffusionLib.messages import Message
from OrthoDiffusionLib.volumes.files.voxel_size import millimetres, no_spacing
from OrthoDiffusionLib.volumes.geometry import Geometry

if TYPE_CHECKING:
    from nibabel.nifti1 import Nifti1Header

FORMS_TOLERANCE_MM = 0.5
"""sform and qform agree if no corner voxel lies farther apart than this: about a pixel (ours)."""

SPACING_TOLERANCE = 0.02  # share of a voxel's side; ours, above what single precision rounds
SHEAR_TOLERANCE = 1e-3  # of a direction cosine; ours, above what single precision rounds
LONGEST_QUATERNION = 1.001
"""Rounding makes a unit quaternion a little longer than 1, damage makes it much longer."""

_UNITS = {1: "m", 2: "mm", 3: "um"}
_PATIENT, _TEMPLATE = (1, 2), (3, 4, 5)


@dataclass(frozen=True)
class _Form:
    """One of the two, in millimetres; `notices` are about its unit."""

    name: str
    code: int
    affine: np.ndarray
    notices: tuple[Notice, ...] = ()

    @property
    def spacing(self) -> np.ndarray:
        return np.linalg.norm(self.affine[:3, :3], axis=0)

    @property
    def is_rigid(self) -> bool:
        directions = self.affine[:3, :3] / self.spacing
        return bool(np.abs(directions.T @ directions - np.eye(3)).max() <= SHEAR_TOLERANCE)


def read_orientation(
    header: Nifti1Header, shape: tuple[int, int, int], path: Path
) -> tuple[np.ndarray, tuple[Notice, ...]]:
    """Index → RAS millimetres of a NIfTI header.

    Args:
        header: nibabel's Nifti1Header or Nifti2Header, as it stands in the file.
        shape: number of voxels along the three axes.
        path: for messages.

    Returns:
        The affine (4, 4), and what was noticed: ``sform_qform_disagree``, ``voxel_size_unit``, ``template_space``,
        ``orientation_unknown`` or ``no_orientation``.

    Raises:
        VolumeFileError: if the spacing is missing or of no plausible unit, the quaternion is damaged, or sform and
            qform differ by a mirror and neither is plainly the wrong one.
        GeometryError: if the sform does not span three dimensions.
    """
    sform = _sform(header, shape, path)
    qform: _Form | None = None
    doubts: tuple[Notice, ...] = ()
    try:
        qform = _qform(header, path)
    except VolumeFileError as error:
        if sform is None:
            raise
        values = {"problem": error.said}
        damaged = Notice("sform_qform_disagree", "qform_damaged", where=path.name, values=values)
        doubts = (damaged,) if int(header["qform_code"]) > 0 else ()
    if sform is not None and qform is not None:
        form, doubts = _which(sform, qform, header, shape, path)
    elif (only := sform or qform) is not None:
        form = only
    else:
        spacing = _pixdim(header, path)
        scale, notices = millimetres(spacing, _unit(header), path)
        return np.diag((*spacing * scale, 1.0)), (*notices, no_orientation(path))
    return form.affine, (*form.notices, *doubts, *_space_notices(form, path))


def _which(
    sform: _Form, qform: _Form, header: Nifti1Header, shape: tuple[int, int, int], path: Path
) -> tuple[_Form, tuple[Notice, ...]]:
    """The plausible one of two forms that are both there.

    In this order: a form that is a program's default says nothing; an sform whose spacing is not that of the file is
    of another grid; a sheared one is the result of a registration; the patient goes before a template. Where both
    could be: the qform, as ITK and 3D Slicer show it; but no choice is made between left and right.
    """
    apart = _apart_mm(sform, qform, shape)
    if apart <= FORMS_TOLERANCE_MM:
        return qform if not sform.is_rigid else sform, ()
    empty_sform, empty_qform = _is_default(sform, shape), _is_default(qform, shape)
    fits = np.allclose(sform.spacing, qform.spacing, rtol=SPACING_TOLERANCE)
    unset_pixdim = np.allclose(np.abs(header["pixdim"][1:4]), 1.0)
    values = {"apart_mm": apart}
    if empty_sform and not empty_qform:
        return qform, (Notice("sform_qform_disagree", "sform_default", where=path.name, values=values),)
    if empty_qform and not empty_sform:
        if not (sform.is_rigid and (fits or unset_pixdim)):
            raise _contradiction(path)
        return sform, (Notice("sform_qform_disagree", "qform_default", where=path.name, values=values),)
    if not fits:
        return qform, (Notice("sform_qform_disagree", "sform_voxel_size", where=path.name, values=values),)
    if not sform.is_rigid:
        return qform, (Notice("sform_qform_disagree", "sform_sheared", where=path.name, values=values),)
    if sform.code in _PATIENT and qform.code not in _PATIENT:
        return sform, (Notice("sform_qform_disagree", "qform_template", where=path.name, values=values),)
    if qform.code in _PATIENT and sform.code not in _PATIENT:
        return qform, (Notice("sform_qform_disagree", "sform_template", where=path.name, values=values),)
    if _handedness(sform) != _handedness(qform):
        raise _contradiction(path)
    return qform, (Notice("sform_qform_disagree", "as_itk", where=path.name, values=values),)


def _sform(header: Nifti1Header, shape: tuple[int, int, int], path: Path) -> _Form | None:
    code = int(header["sform_code"])
    affine = np.eye(4)
    affine[:3] = [header["srow_x"], header["srow_y"], header["srow_z"]]
    if code <= 0 or (not affine[:3, :3].any() and int(header["qform_code"]) > 0):
        return None
    Geometry(shape, affine * 1.0)  # says what is wrong with a flat or infinite one, in any unit
    scale, notices = millimetres(np.linalg.norm(affine[:3, :3], axis=0), _unit(header), path)
    affine[:3] *= scale
    return _Form("sform", code, affine, notices)


def _qform(header: Nifti1Header, path: Path) -> _Form | None:
    from nibabel.quaternions import quat2mat

    code = int(header["qform_code"])
    if code <= 0:
        return None
    spacing = _pixdim(header, path)
    bcd = np.array([header[f"quatern_{letter}"] for letter in "bcd"], dtype=np.float64)
    length = float(np.linalg.norm(bcd))
    offset = np.array([header[f"qoffset_{letter}"] for letter in "xyz"], dtype=np.float64)
    if not length <= LONGEST_QUATERNION or not np.isfinite(offset).all():  # also refuses NaN
        raise VolumeFileError(Message("file", "qform_damaged"), where=str(path))
    bcd /= max(1.0, length)
    scale, notices = millimetres(spacing, _unit(header), path)
    qfac = -1.0 if header["pixdim"][0] < 0 else 1.0  # 0 means 1 (nifti1.h)
    affine = np.eye(4)
    real = np.sqrt(max(0.0, 1.0 - float(bcd @ bcd)))
    affine[:3, :3] = quat2mat((real, *bcd)) * (spacing * scale * (1.0, 1.0, qfac))
    affine[:3, 3] = offset * scale
    return _Form("qform", code, affine, notices)


def _pixdim(header: Nifti1Header, path: Path) -> np.ndarray:
    spacing = np.abs(np.asarray(header["pixdim"][1:4], dtype=np.float64))
    if not np.isfinite(spacing).all() or spacing.min() <= 0:
        raise no_spacing(path)
    return spacing


def _unit(header: Nifti1Header) -> str:
    return _UNITS.get(int(header["xyzt_units"]) & 7, "")


def _apart_mm(one: _Form, other: _Form, shape: tuple[int, int, int]) -> float:
    last = np.asarray(shape) - 1.0
    corners = np.array(np.meshgrid(*[(0.0, n) for n in last], indexing="ij")).reshape(3, 8)
    change = one.affine - other.affine
    return float(np.linalg.norm(change[:3, :3] @ corners + change[:3, 3:], axis=0).max())


def _is_default(form: _Form, shape: tuple[int, int, int]) -> bool:
    """Upright axes that begin, or are centred, at zero: what programs write that know nothing better."""
    if np.abs(form.affine[:3, :3] - np.diag(np.diag(form.affine)[:3])).max() > 1e-4 * form.spacing.min():
        return False
    origin = form.affine[:3, 3]
    centre = origin + form.affine[:3, :3] @ ((np.asarray(shape) - 1.0) / 2.0)
    return bool(np.abs(origin).max() < 1e-3 or (np.abs(centre) <= form.spacing).all())


def _handedness(form: _Form) -> bool:
    return bool(np.linalg.det(form.affine[:3, :3]) > 0)


def _space_notices(form: _Form, path: Path) -> tuple[Notice, ...]:
    if form.code in _PATIENT:
        return ()
    if form.code in _TEMPLATE:
        return (Notice("template_space", where=path.name),)
    return (Notice("orientation_unknown", "nifti_code", where=path.name, values={"nifti_code": form.code}),)


def _contradiction(path: Path) -> VolumeFileError:
    return VolumeFileError(Message("file", "left_right_differ"), where=str(path), code="sform_qform_disagree")


def no_orientation(path: str | Path) -> Notice:
    """The notice of a file that states its voxel size but not how it lies in the patient."""
    return Notice("no_orientation", where=Path(path).name)
