"""Gallery: one page of pictures to look at, real exams beside digital joints, and every abnormality marked."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
from PIL import Image

from OrthoDiffusionLib.anatomy import Abnormality, find_joint
from OrthoDiffusionLib.errors import DicomError, OrthoDiffusionError, OutputError
from OrthoDiffusionLib.lab.phantom.engine.joint_builder import RealSeries
from OrthoDiffusionLib.lab.phantom.engine.seeds import check_request
from OrthoDiffusionLib.lab.phantom.engine.view_parts import SampledStudy, ViewParts
from OrthoDiffusionLib.lab.phantom.imaging.contrast import Protocol
from OrthoDiffusionLib.lab.phantom.imaging.imaging_sites import IMAGING_SITES, ImagingSite, site_named
from OrthoDiffusionLib.lab.phantom.imaging.scanner import render_view, sample_study
from OrthoDiffusionLib.lab.phantom.phantom import builder_named, make_phantom
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes.dicom.series import read_dicom_folder
from OrthoDiffusionLib.volumes.face_neighbours import with_face_neighbours
from OrthoDiffusionLib.volumes.files.atomic import atomic_path
from OrthoDiffusionLib.volumes.files.volume_file import read_volume
from OrthoDiffusionLib.volumes.geometry import Geometry
from OrthoDiffusionLib.volumes.plane import Plane
from OrthoDiffusionLib.volumes.volume import Volume

GALLERY_FILE = "gallery.html"
PICTURE_SIZE, PICTURE_MM = 240, 150.0
BESIDE_REAL = 4
"""Digital joints beside each real series."""
_PIXELS, _QUALITY = 320, 78
_MARK = np.array([255, 90, 60], np.float32)


_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Digital joints: {joint}</title><style>
body {{ background: #16181b; color: #d8dade; font: 15px/1.5 sans-serif; margin: 2em; }}
figure {{ display: inline-block; margin: 0 8px 12px 0; vertical-align: top; width: {size}px; }}
figcaption {{ font-size: 12px; color: #9aa0a6; }}
img {{ display: block; width: {size}px; height: {size}px; }} h2 {{ margin: 1.2em 0 .4em; font-size: 18px; }}
</style></head><body><h1>Digital joints: {joint}</h1>
<p>Pictures of digital phantoms, which show no person, each {mm:g} mm wide. Where a picture is called real, it is from
the sample data. Seed {seed}.</p>
{sections}</body></html>
"""


def write_gallery(
    path: Path | str,
    *,
    joint: str,
    seed: int = 0,
    sites: Sequence[str] = tuple(IMAGING_SITES),
    abnormalities: Sequence[str] | None = None,
    progress: ProgressCallback | None = None,
) -> Path:
    """Write a self-contained page of about 2 MB.

    First each real series beside digital joints in the same plane, contrast and level, then each plane at every
    imaging site, then each abnormality in the plane that shows it best.

    Args:
        path: the .html file; its folder is made if missing.
        joint: which joint.
        seed: of the first phantom; the others follow.
        sites: names of the imaging sites to show.
        abnormalities: names of those to show; all of the joint if None.
        progress: called after every phantom.

    Returns:
        The file.

    Raises:
        OrthoDiffusionError: for an unknown joint, imaging site or abnormality, naming the possible ones.
        OutputError: if the page cannot be written.
    """
    check_request(1, seed)
    places = [site_named(name) for name in sites]
    names = _known(joint, abnormalities)
    path = Path(path)
    _make_folder(path.parent)
    real = [(series, _real_volume(series)) for series in builder_named(joint).real_series]
    pairs = [(series, volume) for series, volume in real if volume is not None]
    total, done = (BESIDE_REAL if pairs else 0) + len(places) + len(names), 0

    def tick(what: str) -> None:
        nonlocal done
        done += 1
        report(progress, "phantom", done / total, what)

    sections = _beside_real(joint, pairs, seed, tick) + _at_every_site(joint, places, seed, tick)
    for number, name in enumerate(names):
        sections.append(_of_abnormality(joint, name, seed + 1000 + 10 * number, tick))
    page = _PAGE.format(joint=joint, size=PICTURE_SIZE, mm=PICTURE_MM, seed=seed, sections="\n".join(sections))
    with atomic_path(path) as temporary:
        temporary.write_text(page, encoding="utf-8")
    return path


def _known(joint: str, abnormalities: Sequence[str] | None) -> tuple[str, ...]:
    """The abnormalities that were asked for, each one that the joint's phantoms have."""
    known = builder_named(joint).abnormalities
    names = known if abnormalities is None else tuple(abnormalities)
    for name in names:
        if name not in known:
            raise OrthoDiffusionError(
                f"There is no abnormality named {name}", remedy=f"Choose among: {', '.join(known)}"
            )
    return names


def _make_folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise OutputError(
            f"The folder cannot be used: {error.strerror or error}",
            where=str(folder),
            remedy="Choose a folder you may write to.",
        ) from error


def _at_every_site(joint: str, places: Sequence[ImagingSite], seed: int, tick: Callable[[str], None]) -> list[str]:
    """A section for each plane: one joint after the other, each at another imaging site."""
    rows: dict[Plane, list[str]] = {plane: [] for plane in Plane}
    for number, place in enumerate(places):
        study = _study(joint, seed + number)
        rng = np.random.default_rng([seed + number, 4])
        for plane, view in study.views.items():
            image = render_view(view, place, rng)
            figure = _figure(_square(image[len(image) // 2], view), f"{place.title}; {study.anatomy}")
            rows[plane].append(figure)
        tick(place.title)
    return [_section(f"{plane.value.capitalize()} at every imaging site", rows[plane]) for plane in Plane]


def _of_abnormality(joint: str, name: str, seed: int, tick: Callable[[str], None]) -> str:
    """A section: one abnormality in the plane that shows it best."""
    word = _vocabulary(joint).get(name)
    plane = Plane(word.best_planes[0]) if word and word.best_planes else Plane.CORONAL
    title = word.title if word else name.replace("_", " ").capitalize()
    section = _section(title, _lesion_pictures(joint, name, plane, seed))
    tick(title)
    return section


def _vocabulary(joint: str) -> dict[str, Abnormality]:
    known = find_joint(joint)
    return {word.name: word for word in known.abnormalities} if known else {}


def _study(joint: str, seed: int, **settings) -> SampledStudy:
    """One phantom as a clinic's slices show it."""
    return sample_study(make_phantom(joint, seed, **settings), seed, style="slices", pixel_mm=None)


def _real_volume(series: RealSeries) -> Volume | None:
    """One real series; None where it is not installed, or pydicom is not."""
    path = resource_path("SampleData") / series.path
    if not path.exists():
        return None
    if series.single:
        return _single_slice(path)
    if not path.is_dir():
        return read_volume(path)
    try:
        volumes, _ = read_dicom_folder(path)
    except DicomError:
        return None
    return volumes[0]


def _single_slice(path: Path) -> Volume:
    """A NIfTI file of one slice, which `read_volume` refuses, as it is no series."""
    import nibabel
    from nibabel.spatialimages import SpatialImage

    image = cast(SpatialImage, nibabel.load(path))
    array = np.asarray(image.dataobj, np.float32)
    return Volume(array, Geometry(array.shape, image.affine))


def _beside_real(
    joint: str, pairs: list[tuple[RealSeries, Volume]], seed: int, tick: Callable[[str], None]
) -> list[str]:
    """A section for each real series: its slice, then digital ones of the same plane, contrast and level."""
    figures = [[_real_figure(series, volume)] for series, volume in pairs]
    for number in range(BESIDE_REAL if pairs else 0):
        study = _study(joint, seed + number)
        for row, (series, _) in zip(figures, pairs, strict=True):
            view = study.views[series.plane]
            image = render_view(view, _site_of(series), np.random.default_rng([seed + number, 5]))
            through = (view.labels == series.structure).sum(axis=(1, 2))
            level = int(through.argmax()) if through.any() else len(image) // 2
            row.append(_figure(_square(image[level], view), f"Digital: {study.anatomy}, seed {seed + number}"))
        tick("Beside the real exam")
    return [_section(series.title, row) for (series, _), row in zip(pairs, figures, strict=True)]


def _site_of(series: RealSeries) -> ImagingSite:
    """The imaging site that takes digital pictures like a real series."""
    site = site_named(series.site)
    if series.protocol is None:
        return site
    return replace(site, protocols=dict.fromkeys(Plane, (Protocol(**series.protocol),)))


def _real_figure(series: RealSeries, volume: Volume) -> str:
    if series.single:  # as it was stored: an oblique slice may lie nearer to another plane
        return _figure(_centred(volume.array[:, :, 0].T, float(volume.geometry.spacing_mm[0])), "Real: sample data")
    hung = volume.reoriented(series.plane.hanging)
    picture = hung.array[round(series.level * (hung.array.shape[0] - 1))].astype(np.float32)
    return _figure(_centred(picture, float(hung.geometry.spacing_mm[1])), "Real: sample data")


def _lesion_pictures(joint: str, name: str, plane: Plane, seed: int) -> list[str]:
    """Grades 1 to 3 of one abnormality, each plain and with its lesion marked."""
    figures = []
    for grade in (1, 2, 3):
        view = _study(joint, seed + grade, abnormalities={name: grade}, prevalence=0.0).views[plane]
        image = render_view(view, "clinic_3t_a", np.random.default_rng([seed + grade, 4]))
        marked = _lesion(view, name)
        number = int(marked.sum(axis=(1, 2)).argmax())
        picture = _square(image[number], view)
        mask = _square(marked[number].astype(np.float32), view) > 0.5
        figures.append(_figure(picture, f"Grade {grade}"))
        figures.append(_figure(_with_outline(picture, mask), f"Grade {grade}, marked"))
    return figures


def _lesion(view: ViewParts, name: str) -> np.ndarray:
    bit = view.tables.abnormality_names.index(name)
    return (view.lesions >> bit) & 1 == 1


def _square(image: np.ndarray, view: ViewParts) -> np.ndarray:
    return _centred(image, float(view.geometry.spacing_mm[1]))


def _centred(image: np.ndarray, pixel_mm: float) -> np.ndarray:
    """(N, N) what lies within PICTURE_MM about the middle of a slice; dark where it does not reach."""
    size = round(PICTURE_MM / pixel_mm)
    square = np.zeros((size, size), np.float32)
    inside, outside = [], []
    for have in image.shape:
        first = (have - size) // 2
        inside.append(slice(max(first, 0), min(first + size, have)))
        outside.append(slice(max(-first, 0), max(-first, 0) + inside[-1].stop - inside[-1].start))
    square[tuple(outside)] = image[tuple(inside)]
    return square


def _grey(image: np.ndarray) -> np.ndarray:
    high = float(np.percentile(image, 99.7)) or 1.0
    return np.clip(image / high * 255.0, 0, 255)


def _with_outline(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(N, N, 3) the picture with the border of a mask in colour."""
    colour = np.repeat(_grey(image)[..., None], 3, axis=2)
    colour[mask & with_face_neighbours(~mask, axes=(0, 1))] = _MARK
    return colour


def _figure(image: np.ndarray, caption: str) -> str:
    pixels = (image if image.ndim == 3 else _grey(image)).astype(np.uint8)
    buffer = io.BytesIO()
    picture = Image.fromarray(pixels).resize((_PIXELS, _PIXELS), Image.Resampling.BICUBIC)
    picture.save(buffer, "JPEG", quality=_QUALITY, optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    text = html.escape(caption)
    return f'<figure><img alt="{text}" src="data:image/jpeg;base64,{data}"><figcaption>{text}</figcaption></figure>'


def _section(title: str, figures: list[str]) -> str:
    return f"<h2>{html.escape(title)}</h2>\n" + "\n".join(figures)
