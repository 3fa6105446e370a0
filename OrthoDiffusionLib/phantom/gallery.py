"""Gallery: one page of pictures to look at, a real exam beside digital knees, and every abnormality marked."""

from __future__ import annotations

import base64
import html
import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from ..anatomy import KNEE_ABNORMALITIES
from ..progress import ProgressCallback, report
from ..resources import resource_path
from ..volumes.atomic import atomic_path
from ..volumes.files import read_volume
from ..volumes.plane import Plane, plane_of
from .centres import CENTRES, centre_named
from .phantom import make_phantom
from .scanner import render_view, sample_study
from .view_parts import ViewParts

GALLERY_FILE = "gallery.html"
PICTURE_SIZE = 220
REAL_EXAM = ("SampleData", "knee_exam")
_MARK = np.array([255, 90, 60], np.float32)

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>Digital knees</title><style>
body {{ background: #16181b; color: #d8dade; font: 15px/1.5 sans-serif; margin: 2em; }}
figure {{ display: inline-block; margin: 0 8px 12px 0; }} figcaption {{ font-size: 12px; color: #9aa0a6; }}
img {{ display: block; width: {size}px; height: {size}px; }} h2 {{ margin: 1.2em 0 .4em; font-size: 18px; }}
</style></head><body><h1>Digital knees</h1>
<p>Pictures of digital phantoms; they show no person. Where a picture is called real, it is from the sample exam.</p>
{sections}</body></html>
"""


def write_gallery(
    path: Path | str,
    *,
    seed: int = 0,
    centres: Sequence[str] = tuple(CENTRES),
    progress: ProgressCallback | None = None,
) -> Path:
    """Write a self-contained page: each plane at every centre, then each abnormality in the plane that shows it best.

    Args:
        path: the .html file.
        seed: of the first knee; the others follow.
        centres: names of the centres to show.
        progress: told after every knee.

    Returns:
        The file.

    Raises:
        OrthoDiffusionError: for an unknown centre, naming the possible ones.
        OutputError: if the page cannot be written.
    """
    places = [centre_named(name) for name in centres]
    total = len(places) + len(KNEE_ABNORMALITIES)
    rows: dict[Plane, list[str]] = {plane: _real_pictures(plane) for plane in Plane}
    for number, place in enumerate(places):
        study = sample_study(make_phantom("knee", seed + number), seed + number, style="slices")
        rng = np.random.default_rng([seed + number, 4])
        for plane, view in study.views.items():
            image = render_view(view, place, rng)
            rows[plane].append(_figure(_square(image[len(image) // 2]), f"{place.title}; {study.anatomy}"))
        report(progress, "phantom", (number + 1) / total, place.title)
    sections = [_section(plane.value.capitalize(), figures) for plane, figures in rows.items()]
    for number, abnormality in enumerate(KNEE_ABNORMALITIES):
        figures = _lesion_pictures(abnormality.name, Plane(abnormality.best_planes[0]), seed + 1000 + 10 * number)
        sections.append(_section(abnormality.title, figures))
        report(progress, "phantom", (len(places) + number + 1) / total, abnormality.title)
    path = Path(path)
    with atomic_path(path) as temporary:
        temporary.write_text(_PAGE.format(size=PICTURE_SIZE, sections="\n".join(sections)), encoding="utf-8")
    return path


def _real_pictures(plane: Plane) -> list[str]:
    """The middle slice of the sample exam in one plane; nothing where the exam is not installed."""
    figures = []
    folder = resource_path(*REAL_EXAM)
    for file in sorted(folder.glob("*.nii.gz")) if folder.is_dir() else ():
        volume = read_volume(file)
        if plane_of(volume.geometry) is plane:
            hung = volume.reoriented(plane.hanging).array
            figures.append(_figure(_square(hung[len(hung) // 2]), "Real: sample exam"))
    return figures


def _lesion_pictures(name: str, plane: Plane, seed: int) -> list[str]:
    """Grades 1 to 3 of one abnormality, each plain and with its lesion marked."""
    figures = []
    for grade in (1, 2, 3):
        phantom = make_phantom("knee", seed + grade, abnormalities={name: grade}, prevalence=0.0)
        view = sample_study(phantom, seed + grade, style="slices").views[plane]
        image = render_view(view, "clinic_3t_a", np.random.default_rng([seed + grade, 4]))
        marked = _lesion(view, name)
        number = int(marked.sum(axis=(1, 2)).argmax())
        picture, mask = _square(image[number]), _square(marked[number].astype(np.float32)) > 0.5
        figures.append(_figure(picture, f"Grade {grade}"))
        figures.append(_figure(_with_outline(picture, mask), f"Grade {grade}, marked"))
    return figures


def _lesion(view: ViewParts, name: str) -> np.ndarray:
    bit = view.tables.abnormality_names.index(name)
    return (view.lesions >> bit) & 1 == 1


def _square(image: np.ndarray) -> np.ndarray:
    """(N, N) the picture in the middle of a dark square."""
    size = max(image.shape)
    square = np.zeros((size, size), np.float32)
    top, left = (size - image.shape[0]) // 2, (size - image.shape[1]) // 2
    square[top : top + image.shape[0], left : left + image.shape[1]] = image
    return square


def _grey(image: np.ndarray) -> np.ndarray:
    high = float(np.percentile(image, 99.7)) or 1.0
    return np.clip(image / high * 255.0, 0, 255)


def _with_outline(image: np.ndarray, mask: np.ndarray) -> np.ndarray:
    """(N, N, 3) the picture with the border of a mask in colour."""
    inner = mask.copy()
    for axis in (0, 1):
        for step in (-1, 1):
            inner &= np.roll(mask, step, axis)
    colour = np.repeat(_grey(image)[..., None], 3, axis=2)
    colour[mask & ~inner] = _MARK
    return colour


def _figure(image: np.ndarray, caption: str) -> str:
    pixels = (image if image.ndim == 3 else _grey(image)).astype(np.uint8)
    buffer = io.BytesIO()
    Image.fromarray(pixels).resize((PICTURE_SIZE * 2,) * 2, Image.Resampling.BICUBIC).save(buffer, "PNG", optimize=True)
    data = base64.b64encode(buffer.getvalue()).decode()
    text = html.escape(caption)
    return f'<figure><img alt="{text}" src="data:image/png;base64,{data}"><figcaption>{text}</figcaption></figure>'


def _section(title: str, figures: list[str]) -> str:
    return f"<h2>{html.escape(title)}</h2>\n" + "\n".join(figures)
