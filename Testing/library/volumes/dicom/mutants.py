"""Damaged and hostile DICOM files: mutants of the sample series and of pydicom's own test files.

Run by hand for a long search: python Testing/library/volumes/dicom/mutants.py COUNT [SEED]
"""

from __future__ import annotations

import contextlib
import io
import random
import signal
import sys
import tempfile
import time
import traceback
import warnings
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pydicom

from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes.dicom.exam_header import exam_headers
from OrthoDiffusionLib.volumes.inputs import read_inputs

SLICES = 6
"""Of the sample series: enough for a stack, few enough to be quick."""

LARGEST_BYTES = 400_000  # of a test file that is mutated; larger ones only take longer
PATIENCE_SECONDS = 60
MOST_MB = 1500.0

HOSTILE = {
    "Rows": (0, 1, 65535), "Columns": (0, 1, 65535), "NumberOfFrames": ("0", "-1", "1000000", "2147483647"),
    "BitsAllocated": (0, 1, 8, 12, 32, 64, 65535), "BitsStored": (0, 16, 65535), "HighBit": (0, 65535),
    "PixelRepresentation": (0, 1, 7), "SamplesPerPixel": (0, 1, 3, 65535),
    "PixelSpacing": (["0", "0"], ["-1", "1"], ["1e300", "1e-300"], ["1"], [], ["1", "1", "1"]),
    "ImagePositionPatient": (["0", "0", "0"], ["1e30", "0", "0"], ["0", "0"], []),
    "ImageOrientationPatient": (["0"] * 6, ["1", "0", "0", "1", "0", "0"], ["1", "0", "0"], ["5"] * 6),
    "SliceThickness": ("0", "-3", "1e30"), "SpacingBetweenSlices": ("0", "-3", "1e30"),
    "RescaleSlope": ("0", "1e300", "-1"), "RescaleIntercept": ("1e300",), "InstanceNumber": ("-5", "99999999999"),
    "SOPInstanceUID": ("1.2.3", ""), "SeriesInstanceUID": ("1.2.3", ""), "StudyInstanceUID": ("1.2.3", ""),
    "FrameOfReferenceUID": ("1.2.3", ""), "PhotometricInterpretation": ("RGB", "PALETTE COLOR", "MONOCHROME1", "X"),
    "Modality": ("CT", "SEG", "", "MR"), "ImageType": ([], ["DERIVED"] * 50), "EchoTime": ("-1", "1e30"),
    "PixelPaddingValue": (0, 65535), "SeriesNumber": ("-1", "99999999999"), "PatientName": ("\udcff^\x00", "="),
    "SpecificCharacterSet": ("ISO 2022 IR 999", ["", "ISO_IR 192", "X"]), "StudyDate": ("99999999", "x"),
}  # fmt: skip


@dataclass
class Search:
    """What a search has found.

    Attributes:
        tried: mutants that were read.
        outcomes: how often each came out: "read", or the kind of the refusal.
        faults: what should not happen: (seed of the mutant, its source, the traceback or what took too much).
    """

    tried: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    faults: list[tuple[int, str, str]] = field(default_factory=list)


def sources() -> list[list[Path]]:
    """What is mutated: a short stack of the sample series, and each of pydicom's test files by itself."""
    series = sorted(path for path in resource_path("SampleData", "dicom_echo").rglob("*") if path.is_file())
    tests = Path(pydicom.__file__).parent / "data" / "test_files"
    files = sorted(path for path in tests.rglob("*") if path.is_file() and path.stat().st_size < LARGEST_BYTES)
    alone = [[path] for path in files if path.suffix not in (".zip", ".py", ".txt", ".json")]
    stack = series[: 2 * SLICES : 2]
    return [stack] * max(1, len(alone) // 2) + alone  # a third of the mutants are of the series


def mutate(data: bytes, chance: random.Random) -> bytes:
    """One of the ways in which files come to harm, or are made to harm."""
    kind = chance.choice(
        ("cut", "flip", "flip header", "zeros", "insert", "remove", "length", "element", "element", "swap")
    )
    if kind == "element":
        with contextlib.suppress(Exception):
            return _with_hostile_element(data, chance)
    if len(data) < 200:
        return data[: len(data) // 2]
    place = chance.randrange(len(data))
    early = chance.randrange(min(len(data), 3000))
    if kind == "cut":
        return data[: chance.choice((place, early))]
    changed = bytearray(data)
    if kind in ("flip", "flip header"):
        for _ in range(chance.randrange(1, 20)):
            limit = len(data) if kind == "flip" else min(len(data), 3000)
            changed[chance.randrange(limit)] = chance.randrange(256)
    elif kind == "zeros":
        changed[place : place + chance.randrange(1, 600)] = b""
    elif kind == "insert":
        changed[early:early] = chance.randbytes(chance.randrange(1, 200))
    elif kind == "remove":
        del changed[early : early + chance.randrange(1, 200)]
    elif kind == "length":
        changed[early : early + 4] = chance.choice((b"\xff" * 4, b"\xff\xff\xff\x7f", b"\0" * 4))
    else:
        changed[early : early + 100], changed[place : place + 100] = (
            changed[place : place + 100],
            changed[early : early + 100],
        )
    return bytes(changed)


def _with_hostile_element(data: bytes, chance: random.Random) -> bytes:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        dataset = pydicom.dcmread(io.BytesIO(data), force=True)
        for _ in range(chance.choice((1, 1, 2, 4))):
            keyword = chance.choice(tuple(HOSTILE))
            if chance.random() < 0.2 and keyword in dataset:
                del dataset[keyword]
            else:
                setattr(dataset, keyword, chance.choice(HOSTILE[keyword]))
        buffer = io.BytesIO()
        dataset.save_as(buffer)
    return buffer.getvalue()


def write_mutant(folder: Path, seed: int, known: list[list[Path]]) -> str:
    """Write the files of one mutant, and give what it was made from."""
    chance = random.Random(seed)
    chosen = chance.choice(known)
    harmed = set(chance.sample(range(len(chosen)), chance.choice((1, 1, len(chosen)))))
    same = chance.random() < 0.3  # all alike, as when a whole series was written wrongly
    for number, path in enumerate(chosen):
        data = path.read_bytes()
        if number in harmed:
            data = mutate(data, random.Random(seed) if same else chance)
        (folder / f"{number:03d}.dcm").write_bytes(data)
    return chosen[0].name


def search(count: int, *, first: int = 0, log: io.TextIOBase | None = None) -> Search:
    """Read so many mutants; each must be read or be refused with a word, soon and without much memory."""
    found, known = Search(), sources()
    for seed in range(first, first + count):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            source = write_mutant(folder, seed, known)
            began = time.monotonic()
            try:
                with _limited(PATIENCE_SECONDS), warnings.catch_warnings():
                    warnings.simplefilter("error")
                    warnings.simplefilter("ignore", ResourceWarning)
                    list(exam_headers(sorted(folder.iterdir())))
                    read_inputs([folder])
                found.outcomes["read"] += 1
            except OrthoDiffusionError as error:
                assert error.what
                found.outcomes[type(error).__name__] += 1
            except BaseException as error:
                if isinstance(error, KeyboardInterrupt):
                    raise
                found.faults.append((seed, source, traceback.format_exc(limit=-4)))
                if log is not None:
                    print(f"seed {seed}, {source}, {time.monotonic() - began:.1f} s: {error!r}", file=log, flush=True)
            found.tried += 1
    return found


@contextlib.contextmanager
def _limited(seconds: int) -> Iterator[None]:
    """Raise TimeoutError after so long, and MemoryError above a limit, where the system can."""
    if sys.platform == "win32":
        yield
        return
    import resource

    def late(*_):
        raise TimeoutError(f"longer than {seconds} s")

    held = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize() if _has_proc() else 0
    before, limits = signal.signal(signal.SIGALRM, late), resource.getrlimit(resource.RLIMIT_AS)
    signal.alarm(seconds)
    if held:
        resource.setrlimit(resource.RLIMIT_AS, (held + int(MOST_MB * 2**20), limits[1]))
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
        resource.setrlimit(resource.RLIMIT_AS, limits)


def _has_proc() -> bool:
    return Path("/proc/self/statm").exists()


if __name__ == "__main__":
    result = search(int(sys.argv[1]), first=int(sys.argv[2]) if len(sys.argv) > 2 else 0, log=sys.stdout)
    print(f"{result.tried} mutants: {dict(result.outcomes)}, {len(result.faults)} faults")
    for number, name, text in result.faults[:20]:
        print(f"--- seed {number}, {name}\n{text}")
    sys.exit(bool(result.faults))
