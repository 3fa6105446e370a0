"""MONAI Label's own server on loopback with our app: python monai_label_server.py, where MONAI Label is installed.

It copies the sample exam into a store, asks the server what Slicer's client asks it, and compares the labels that come
back with those of `analyze` in the same environment. It ends with status 0 if all is well.
"""

from __future__ import annotations

import email
import email.policy
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.parse
import urllib.request
from pathlib import Path

import numpy as np

from OrthoDiffusionLib.resources import resource_path
from OrthoDiffusionLib.volumes import read_volume

EXAM = resource_path("SampleData", "knee_exam")
APP = resource_path("MONAILabel", "orthodiffusion", "main.py")
IMAGES = {"sagittal": "S09_sag_fs", "coronal": "S12_cor_fs", "axial": "S04_ax_fs"}
SECONDS_TO_START = 120


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def started(home: Path, port: int) -> subprocess.Popen:
    """The server, once it answers; its app in a folder of its own, since MONAI Label writes into it."""
    (home / "app").mkdir()
    shutil.copy(APP, home / "app")
    words = ["start_server", "--app", home / "app", "--studies", home / "store", "--host", "127.0.0.1", "--port", port]
    # Its start script calls `python`: that has to be this one.
    path = os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")])
    settings = {"PATH": path, "MONAI_LABEL_SESSION_PATH": str(home / "sessions")}
    with (home / "server.log").open("wb") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "monailabel.main", *map(str, words)],
            cwd=home, stdout=log, stderr=log, env={**os.environ, **settings},
        )  # fmt: skip
    for _ in range(SECONDS_TO_START):
        time.sleep(1.0)
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{port}/info/").close()
            return server
        except (OSError, urllib.error.URLError):
            if server.poll() is not None:
                break
    server.kill()
    sys.exit((home / "server.log").read_text()[-3000:])


def infer(address: str, model: str, image: str, params: dict[str, str] | None = None) -> tuple[bytes, dict]:
    """The file and what is told beside it, asked for as `MONAILabelClient.infer` asks."""
    body = urllib.parse.urlencode({"params": json.dumps(params or {})}).encode()
    request = urllib.request.Request(f"{address}/infer/{model}?image={urllib.parse.quote_plus(image)}", data=body)
    with urllib.request.urlopen(request) as answer:
        head = f"Content-Type: {answer.headers['Content-Type']}\r\n\r\n".encode()
        message = email.message_from_bytes(head + answer.read(), policy=email.policy.HTTP)
    told, file = message.iter_parts()
    return file.get_payload(decode=True), json.loads(told.get_payload(decode=True))


def check(home: Path, address: str) -> None:
    with urllib.request.urlopen(f"{address}/info/") as answer:
        info = json.load(answer)
    (model,) = info["models"]
    print(f"the server lists {model} with {len(info['models'][model]['labels'])} labels")
    for plane, name in IMAGES.items():
        start = time.monotonic()
        file, told = infer(address, model, f"exam__{name}")
        seconds = time.monotonic() - start
        (home / "labels.nii.gz").write_bytes(file)
        found, expected = read_volume(home / "labels.nii.gz"), read_volume(home / f"out/segmentation_{plane}.nii.gz")
        assert found.geometry.is_same_grid(read_volume(EXAM / f"{name}.nii.gz").geometry), plane
        assert len(told["study"]["planes"]) == 3, told["study"]
        differing = int(np.count_nonzero(found.array != expected.array))
        print(f"{plane}: {differing} of {found.array.size} voxels differ from analyze; {seconds:.1f} s")
        assert differing == 0
    _, told = infer(address, model, "alone")
    assert told["study"]["planes"] == {"sagittal": "alone"}, told["study"]
    for params in ({}, {"image": str(EXAM)}):  # no such image, and a path of the server's computer
        try:
            infer(address, model, "nothing", params)
        except urllib.error.HTTPError as error:
            assert error.code == 400 and "no such image" in error.read().decode()
        else:
            raise AssertionError("what is not in the store was analysed")
    print("an image alone is a study by itself; what is not in the store is refused")


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        home = Path(folder)
        (home / "store").mkdir()
        for name in IMAGES.values():
            shutil.copy(EXAM / f"{name}.nii.gz", home / "store" / f"exam__{name}.nii.gz")
        shutil.copy(EXAM / f"{IMAGES['sagittal']}.nii.gz", home / "store" / "alone.nii.gz")
        words = ["analyze", EXAM, "--on-inputs", "--out", home / "out"]
        command = [sys.executable, "-m", "OrthoDiffusionLib", *map(str, words)]
        subprocess.run(command, check=True, capture_output=True)
        port = free_port()
        server = started(home, port)
        try:
            check(home, f"http://127.0.0.1:{port}")
        finally:
            server.terminate()
            server.wait(timeout=30)


if __name__ == "__main__":
    main()
