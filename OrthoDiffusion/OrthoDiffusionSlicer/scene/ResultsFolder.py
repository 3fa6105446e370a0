"""Reads a results folder in small steps, so that the window answers while results arrive."""

import gzip
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.findings.results_json import read_findings_json

# Bytes inflated in one step: about 10 ms on an old laptop.
_CHUNK = 2 << 20


@dataclass(frozen=True)
class Grid:
    """Labels or evidence: array (K, J, I) as the scene wants it, and index (i, j, k) → RAS mm, (4, 4)."""

    array: np.ndarray
    affine: np.ndarray


class ResultsFolder:
    """What one analysis wrote, as `contract.md` describes it.

    Attributes:
        findings: the content of findings.json.
        labels: Grid of uint8 structure labels, or None before `steps` has come to it.
        evidence: finding name → Grid of uint8 0..100.
    """

    def __init__(self, folder):
        self.folder = Path(folder)
        self.findings = {}
        self.labels = None
        self.evidence = {}

    def steps(self):
        """Read everything; yields after every few milliseconds of work.

        Raises:
            OrthoDiffusionError: if the folder is not a complete results folder of a known schema.
        """
        self.findings = read_findings_json(self.folder / "findings.json")
        yield
        self.labels = yield from self.readGrid(self.folder / "segmentation.nii.gz")
        for finding in self.findings["findings"]:
            if finding.get("evidence"):
                self.evidence[finding["name"]] = yield from self.readGrid(self.folder / finding["evidence"])

    def readGrid(self, path):
        """One uint8 NIfTI file; its own convention is RAS and its memory order is already the scene's."""
        try:
            content = yield from _inflated(path)
            return _gridFromNifti(content)
        except (OSError, ValueError, EOFError, zlib.error, struct.error) as error:
            raise self._incomplete(f"{path.name} cannot be read: {error}") from error

    def _incomplete(self, what):
        return OrthoDiffusionError(
            what, where=str(self.folder), remedy="Analyze again; if it happens again, check the free disk space."
        )


def _inflated(path):
    """All bytes of a file, gzip-compressed or not, a chunk a step."""
    if path.suffix != ".gz":
        return path.read_bytes()
    parts = []
    with gzip.open(path) as file:
        while part := file.read(_CHUNK):
            parts.append(part)
            yield
    content = bytearray(sum(map(len, parts)))
    place = 0
    for part in parts:
        content[place : place + len(part)] = part
        place += len(part)
    return content


def _gridFromNifti(content):
    """Grid of a single-file NIfTI-1 image of uint8 voxels with an sform (or a qform)."""
    (headerSize,) = struct.unpack_from("<i", content, 0)
    if headerSize != 348:
        raise ValueError("it is not a little-endian NIfTI-1 file")
    size = struct.unpack_from("<8h", content, 40)
    datatype = struct.unpack_from("<h", content, 70)[0]
    offset = int(struct.unpack_from("<f", content, 108)[0])
    if datatype != 2 or size[0] < 3 or any(extra != 1 for extra in size[4 : size[0] + 1]):
        raise ValueError("it does not hold one 3D image of uint8 voxels")
    qform, sform = struct.unpack_from("<2h", content, 252)
    affine = _sform(content) if sform > 0 else _qform(content) if qform > 0 else None
    if affine is None:
        raise ValueError("it does not say where its voxels lie")
    shape = (size[3], size[2], size[1])
    array = np.frombuffer(content, np.uint8, count=int(np.prod(shape)), offset=offset).reshape(shape)
    return Grid(array, affine)


def _sform(content):
    rows = np.array(struct.unpack_from("<12f", content, 280), float).reshape(3, 4)
    return np.vstack([rows, (0.0, 0.0, 0.0, 1.0)])


def _qform(content):
    """The NIfTI-1 standard's method 2: a quaternion (b, c, d), an offset and a handedness."""
    spacing = np.array(struct.unpack_from("<4f", content, 76), float)
    b, c, d, x, y, z = struct.unpack_from("<6f", content, 256)
    a = max(0.0, 1.0 - b * b - c * c - d * d) ** 0.5
    rotation = np.array(
        [
            [a * a + b * b - c * c - d * d, 2 * (b * c - a * d), 2 * (b * d + a * c)],
            [2 * (b * c + a * d), a * a + c * c - b * b - d * d, 2 * (c * d - a * b)],
            [2 * (b * d - a * c), 2 * (c * d + a * b), a * a + d * d - b * b - c * c],
        ]
    )
    scale = spacing[1:] * (1.0, 1.0, -1.0 if spacing[0] < 0 else 1.0)
    affine = np.eye(4)
    affine[:3, :3] = rotation * scale
    affine[:3, 3] = x, y, z
    return affine
