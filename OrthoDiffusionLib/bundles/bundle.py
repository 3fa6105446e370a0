"""Bundle: a folder of manifest and safetensors whose checksums hold."""

from __future__ import annotations

import datetime
import hashlib
import json
import math
import os
import struct
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from OrthoDiffusionLib.bundles.manifest import INTENDED_USE, SCHEMA_VERSION, JsonObject, Manifest, is_weights_name
from OrthoDiffusionLib.bundles.model_card import model_card
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.findings.complete_folder import SYSTEM_FILES, complete_folder
from OrthoDiffusionLib.messages import Message

MANIFEST_NAME = "manifest.json"
_LARGEST_MANIFEST_BYTES = 8 * 2**20
_PICKLE_SUFFIXES = {".pt", ".pth", ".pkl", ".pickle", ".ckpt", ".bin", ".joblib", ".npy", ".npz"}
_BITS = {"BOOL": 8, "I8": 8, "U8": 8, "I16": 16, "U16": 16, "F16": 16, "BF16": 16,
         "I32": 32, "U32": 32, "F32": 32, "I64": 64, "U64": 64, "F64": 64}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Bundle:
    """Weights and the manifest that describes them; one that exists has been verified.

    Attributes:
        folder: where it lies.
        manifest: the content of manifest.json.
        sha256: of manifest.json, which holds the SHA-256 of every other file.
    """

    folder: Path
    manifest: Manifest
    sha256: str

    @classmethod
    def open(cls, folder: str | Path) -> Bundle:
        """Opens a bundle and verifies every file of it. Loads no weights.

        Raises:
            BundleError: if the folder is no bundle, a checksum is wrong, the schema version is unknown, a
                listed file is missing or no safetensors, or there is any file that is not listed.
        """
        folder = Path(folder)
        data = _read_manifest(folder)
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError as error:
            raise BundleError(Message("bundle", "no_text"), where=str(folder)) from error
        manifest = Manifest.from_json(text, where=str(folder / MANIFEST_NAME))
        _check_listing(folder, manifest)
        for name, expected in manifest.files.items():
            _check_file(folder / name, expected)
        return cls(folder, manifest, hashlib.sha256(data).hexdigest())

    @property
    def weight_paths(self) -> dict[str, Path]:
        """File name -> path of each verified safetensors file."""
        return {name: self.folder / name for name in self.manifest.files}

    @property
    def identity(self) -> dict[str, str]:
        """Name, version and SHA-256 of the manifest: what is noted of a bundle that something was made from."""
        return {"name": self.manifest.name, "version": self.manifest.version, "sha256": self.sha256}

    def model_card(self) -> str:
        """A page about the bundle in Markdown, made from its manifest."""
        return model_card(self.manifest)


def write_bundle(
    folder: str | Path,
    manifest_fields: JsonObject,
    tensors_by_file: Mapping[str, Mapping[str, Any]],
    *,
    overwrite: bool = False,
) -> Bundle:
    """Writes a bundle; the folder appears complete or not at all.

    Args:
        folder: to be made.
        manifest_fields: the keys of manifest.json, as plain values or as Structure, Abnormality,
            ViewSpecification and Calibration objects. `schema_version`, `created`, `intended_use` and
            `files` are filled in.
        tensors_by_file: file name -> tensor name -> numpy array or torch tensor, half precision too.
        overwrite: replace an older bundle, once the new one is complete.

    Returns:
        The new bundle, opened and verified.

    Raises:
        ValueError: if the fields make no valid manifest, or a tensor is not finite (half precision ends at
            65,504).
        OutputError: if the folder exists, cannot be written, or the disk is full; nothing is left behind.
    """
    data = {name: _serialized(name, tensors) for name, tensors in tensors_by_file.items()}
    now = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
    content = {
        "created": now,
        "intended_use": INTENDED_USE,
        "training": {},
        "figures": {},
        **manifest_fields,
        "schema_version": SCHEMA_VERSION,
        "files": {name: hashlib.sha256(bytes_).hexdigest() for name, bytes_ in data.items()},
    }
    try:
        manifest = Manifest.from_dict(content)
        manifest = replace(manifest, schema_version=manifest.needed_schema_version)
        text = manifest.to_json()
        Manifest.from_json(text)  # what was written can be read: also catches unknown keys
    except (KeyError, TypeError) as error:
        raise ValueError(f"manifest_fields make no valid manifest: {error!r}") from error
    unknown = sorted(set(content) - set(manifest.as_dict()))
    if unknown:
        raise ValueError(f"manifest_fields must have known keys only, got {unknown} as well")
    folder = Path(folder)
    with complete_folder(
        folder, overwrite=overwrite, ours=_is_ours, marker=MANIFEST_NAME, kind="bundle folder"
    ) as temporary:
        for name, bytes_ in data.items():
            (temporary / name).write_bytes(bytes_)
        (temporary / MANIFEST_NAME).write_text(text, encoding="utf-8")
    return Bundle.open(folder)


def sha256_of(name: str, tensors: Mapping[str, Any]) -> str:
    """SHA-256 that a file of these tensors has in a bundle, as `write_bundle` writes it."""
    return hashlib.sha256(_serialized(name, tensors)).hexdigest()


def _is_ours(name: str) -> bool:
    return name == MANIFEST_NAME or is_weights_name(name)


def _serialized(name: str, tensors: Mapping[str, Any]) -> bytes:
    if not is_weights_name(name):
        raise ValueError(f"files must be plain names that end in .safetensors, got {name!r} instead")
    if all(isinstance(tensor, np.ndarray) for tensor in tensors.values()):
        import safetensors.numpy

        for key, array in tensors.items():
            if array.dtype.kind == "f" and not np.isfinite(array).all():
                raise ValueError(f"{name}: tensor {key} must be finite")
        return safetensors.numpy.save({key: np.ascontiguousarray(array) for key, array in tensors.items()})

    # A caller with torch tensors has torch loaded; this package alone does not load it.
    import safetensors.torch

    copies = {key: tensor.detach().cpu().contiguous().clone() for key, tensor in tensors.items()}
    for key, tensor in copies.items():
        if tensor.is_floating_point() and not bool(tensor.isfinite().all()):
            raise ValueError(f"{name}: tensor {key} must be finite")
    return safetensors.torch.save(copies)


def _read_manifest(folder: Path) -> bytes:
    path = folder / MANIFEST_NAME
    if not folder.is_dir() or not path.is_file():
        raise BundleError(Message("bundle", "no_manifest"), where=str(folder))
    _check_inside(path, folder)
    if path.stat().st_size > _LARGEST_MANIFEST_BYTES:
        raise BundleError(Message("bundle", "huge_manifest"), where=str(path))
    try:
        return path.read_bytes()
    except OSError as error:
        raise BundleError(Message("bundle", "unreadable", {"error": error.strerror}), where=str(path)) from error


def _check_listing(folder: Path, manifest: Manifest) -> None:
    held = sorted(set(os.listdir(folder)) - SYSTEM_FILES)
    for name in held:
        if name == MANIFEST_NAME or name in manifest.files:
            _check_inside(folder / name, folder)
        elif Path(name).suffix.lower() in _PICKLE_SUFFIXES:
            raise BundleError(Message("bundle", "can_run_code", {"name": name}), where=str(folder))
        else:
            raise BundleError(Message("bundle", "unlisted_file", {"name": name}), where=str(folder))
    missing = [name for name in manifest.files if name not in held]
    if missing:
        raise BundleError(Message("bundle", "lacks_files", {"missing": missing}), where=str(folder))


def _check_inside(path: Path, folder: Path) -> None:
    """A link may not lead out of the bundle, nor a folder or device stand in for a file."""
    real = path.resolve()
    if real.parent != folder.resolve():
        raise BundleError(Message("bundle", "link", {"file": path.name}), where=str(folder))
    if not real.is_file():
        raise BundleError(Message("bundle", "no_file", {"file": path.name}), where=str(folder))


def _check_file(path: Path, expected: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
            file.seek(0)
            start = file.read(8)
            size = path.stat().st_size
            header = file.read(min(size, struct.unpack("<Q", start)[0])) if len(start) == 8 else b""
    except OSError as error:
        raise BundleError(Message("bundle", "unreadable", {"error": error.strerror}), where=str(path)) from error
    if found != expected:
        raise BundleError(
            Message("bundle", "changed", {"file": path.name, "expected": expected, "found": found}), where=str(path)
        )
    if _describes_tensors(header, size - len(start) - len(header)):
        return
    if start.startswith(b"PK\x03\x04") or (start[:1] == b"\x80" and 2 <= start[1] <= 5):
        raise BundleError(Message("bundle", "pickle", {"file": path.name}), where=str(path))
    raise BundleError(Message("bundle", "no_safetensors", {"file": path.name}), where=str(path))


def _describes_tensors(header: bytes, data_bytes: int) -> bool:
    """Whether a safetensors header speaks of tensors that lie within the file, each as long as its shape."""
    try:
        tensors = json.loads(header)
        tensors.pop("__metadata__", None)
        for tensor in tensors.values():
            begin, end = tensor["data_offsets"]
            size = math.prod(tensor["shape"]) * _BITS[tensor["dtype"]] // 8
            if not 0 <= begin <= end <= data_bytes or end - begin != size:
                return False
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return False
    return True
