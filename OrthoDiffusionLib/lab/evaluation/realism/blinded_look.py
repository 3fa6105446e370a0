"""Blinded look: real and digital slices mixed on numbered sheets, and in another file which is which."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path

import numpy as np
from PIL import Image, ImageDraw

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.realism.matching import matched_phantom, matched_view
from OrthoDiffusionLib.lab.evaluation.realism.pictures import SIDE, tile
from OrthoDiffusionLib.lab.evaluation.realism.regions import RealSeries, series_named
from OrthoDiffusionLib.lab.phantom.phantom import Phantom
from OrthoDiffusionLib.progress import ProgressCallback, report
from OrthoDiffusionLib.volumes.files.atomic import atomic_path, make_folder, write_text

KEY = "blinded_look_key.json"
_COLUMNS, _ROWS = 4, 5
# Slices at the ends of a stack show skin alone.
_FIRST, _LAST = 0.2, 0.8


@dataclass(frozen=True)
class Shown:
    """What one number of the sheets is.

    Attributes:
        number: on the sheet, from 1 on.
        real: whether it is of a real series.
        series: the real series, or the one that the digital knee was taken as.
        slice: its place in the stack.
        seed: of the digital knee, None for a real one.
    """

    number: int
    real: bool
    series: str
    slice: int
    seed: int | None


def blinded_look(
    folder: Path | str, count: int, *, first_seed: int = 0, progress: ProgressCallback | None = None
) -> tuple[Path, ...]:
    """Write numbered sheets of `count` slices, half of them real, in an order of chance, and the key to them.

    Args:
        folder: where the sheets and the key go.
        count: of slices, even and 4 or more.
        first_seed: of the digital knees, as many as are needed to show one slice of each in each series.

    Raises:
        OrthoDiffusionError: for a count that cannot be shown.
        OutputError: if the folder cannot be written.
    """
    if count < 4 or count % 2:
        raise OrthoDiffusionError(
            f"A blinded look needs an even number of slices, 4 or more, got {count} instead", remedy="Ask for 40."
        )
    rng = np.random.default_rng([first_seed, count, 9])
    series = series_named(None)
    shown = [*_real(series, count // 2, rng), *_digital(series, count // 2, first_seed, rng, progress)]
    order = rng.permutation(count)
    key = [
        Shown(number + 1, seed is None, name, place, seed)
        for number, (_, name, place, seed) in enumerate(shown[n] for n in order)
    ]
    folder = Path(folder)
    make_folder(folder)
    files = []
    per_sheet = _COLUMNS * _ROWS
    for first in range(0, count, per_sheet):
        sheet = _sheet([shown[n][0] for n in order[first : first + per_sheet]], first + 1)
        files.append(folder / f"blinded_look_{first // per_sheet + 1}.png")
        with atomic_path(files[-1]) as temporary:
            sheet.save(temporary, "PNG")
    files.append(folder / KEY)
    write_text(files[-1], dumps([asdict(one) for one in key], indent=1) + "\n")
    return tuple(files)


def _real(series: tuple[RealSeries, ...], count: int, rng: np.random.Generator) -> list[tuple]:
    """(picture, series, slice, None) of the real series in turn, no slice twice while there are others."""
    found = []
    for number, one in enumerate(series):
        volume = one.volume()
        wanted = len(range(number, count, len(series)))
        inner = np.arange(int(_FIRST * len(volume.array)), int(_LAST * len(volume.array)) + 1)
        places = rng.choice(inner, wanted, replace=wanted > len(inner))
        found += [(volume.array[place], one.name, int(place), None) for place in places]
    return found


def _digital(
    series: tuple[RealSeries, ...],
    count: int,
    first_seed: int,
    rng: np.random.Generator,
    progress: ProgressCallback | None,
) -> list[tuple]:
    """(picture, series, slice, seed) of digital knees taken as the series in turn."""
    found = []
    phantoms: dict[tuple[int, str], Phantom] = {}
    for number in range(count):
        one, seed = series[number % len(series)], first_seed + number // len(series)
        geometry = one.volume().geometry
        if (seed, one.contrast) not in phantoms:
            phantoms[seed, one.contrast] = matched_phantom(one, seed)
        image = matched_view(one, geometry, phantoms[seed, one.contrast], seed).image
        place = int(rng.integers(int(_FIRST * len(image)), int(_LAST * len(image)) + 1))
        found.append((image[place], one.name, place, seed))
        report(progress, "phantom", (number + 1) / count, f"Digital slice {number + 1} of {count}")
    return found


def _sheet(pictures: list[np.ndarray], first: int) -> Image.Image:
    sheet = Image.new("L", (_COLUMNS * SIDE, -(-len(pictures) // _COLUMNS) * SIDE))
    draw = ImageDraw.Draw(sheet)
    for n, picture in enumerate(pictures):
        x, y = n % _COLUMNS * SIDE, n // _COLUMNS * SIDE
        small, left, top = tile(picture)
        sheet.paste(small, (x + left, y + top))
        draw.text((x + 4, y + 4), str(first + n), fill=255)
    return sheet
