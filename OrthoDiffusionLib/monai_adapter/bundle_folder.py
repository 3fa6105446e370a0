"""A bundle of this project as a folder in the layout of a MONAI Bundle."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.bundles.bundle import MANIFEST_NAME
from OrthoDiffusionLib.findings.complete_folder import complete_folder
from OrthoDiffusionLib.monai_adapter.bundle_metadata import inference, metadata
from OrthoDiffusionLib.monai_adapter.bundle_run import WEIGHTS_FOLDER
from OrthoDiffusionLib.resources import resource_path

_OURS = ("LICENSE", "configs", "docs", WEIGHTS_FOLDER)
"""What is at the top of the folder. `eval`, where a run writes its results, is not: a folder with results in it is
never replaced."""

_RUN = """## Run it with MONAI

`pip install 'orthodiffusion[monai]'`; the extra is what `python -m monai.bundle` reads its command line with.

```
python -m monai.bundle run --bundle_root . --config_file configs/inference.json \\
    --meta_file configs/metadata.json --study FOLDER_OF_ONE_EXAM --output_dir RESULTS_FOLDER
```

`--study` is one exam: a folder, or several files as `--study "['a.nii.gz', 'b.nii.gz']"`; their planes are recognised.
{planes} name the series of a plane instead. `--side right` or `left` says what the files do not; `--overwrite True`
replaces earlier results. The results folder is that of `orthodiffusion analyze`.

The weights are safetensors, and `models/` is a whole bundle of OrthoDiffusion, verified file by file when it is opened:
`orthodiffusion analyze --bundle models` does the same. There is no `model.pt`: a pickle may run code when it is loaded.
The configs hold no `$` expression, and call two functions of OrthoDiffusionLib.
"""


def export_monai_bundle(bundle: Bundle, folder: str | Path, *, overwrite: bool = False) -> Path:
    """Write a MONAI Bundle that `python -m monai.bundle run` executes; complete or not at all.

    The layout is that of the MONAI Bundle Specification, but for the weights: `models/` holds the bundle itself,
    manifest and safetensors, in the place of a pickled `model.pt`.

    Args:
        bundle: verified, as every open one is.
        folder: to be made.
        overwrite: replace an earlier export that holds nothing else.

    Returns:
        The folder.

    Raises:
        OutputError: if the folder exists, cannot be written, or the disk is full; nothing is left behind.
    """
    manifest = bundle.manifest
    with complete_folder(
        Path(folder), overwrite=overwrite, ours=_OURS.__contains__, marker="configs", kind="monai bundle"
    ) as new:
        (new / WEIGHTS_FOLDER).mkdir()
        for name in (MANIFEST_NAME, *manifest.files):
            shutil.copyfile(bundle.folder / name, new / WEIGHTS_FOLDER / name)
        Bundle.open(new / WEIGHTS_FOLDER)  # the copy is whole
        (new / "configs").mkdir()
        _write_json(new / "configs" / "metadata.json", metadata(manifest))
        _write_json(new / "configs" / "inference.json", inference(manifest))
        (new / "docs").mkdir()
        options = " ".join(f"`--{plane.value}`" for plane in manifest.views)
        readme = bundle.model_card() + "\n" + _RUN.format(planes=options)
        (new / "docs" / "README.md").write_text(readme, encoding="utf-8")
        _write_licences(bundle, new)
    return Path(folder)


def _write_json(path: Path, content: Mapping[str, object]) -> None:
    path.write_text(json.dumps(content, ensure_ascii=False, indent=4, allow_nan=False) + "\n", encoding="utf-8")


def _write_licences(bundle: Bundle, folder: Path) -> None:
    """The bundle's licence, and those of what it learned from, with their texts where this installation has them."""
    manifest = bundle.manifest
    title = f"{manifest.name} {manifest.version}"
    stated = f"{title}\nLicence of the weights: {manifest.licence}\n\n{manifest.intended_use}\n"
    own = _apache_licence() if "Apache-2.0" in manifest.licence else ""
    (folder / "LICENSE").write_text(stated + ("\n" + own if own else ""), encoding="utf-8")
    lines = [f"What {title} learned from, and its licence:\n"]
    for source in manifest.sources:
        lines.append(f"- {source['name']}: {source['licence']}; {source.get('origin', '')}".rstrip("; "))
        for text in _texts_of(source.get("origin", "")):
            (folder / "docs" / "licenses").mkdir(exist_ok=True)
            shutil.copyfile(text, folder / "docs" / "licenses" / text.name)
    if (folder / "docs" / "licenses").is_dir():
        lines.append("\nTheir texts are in licenses/.")
    (folder / "docs" / "data_license.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


def _texts_of(origin: str) -> list[Path]:
    """Licence texts of what came from a folder of Resources, as "Resources/Anatomy/ankle"; none of other origins."""
    named = re.fullmatch(r"Resources/([A-Za-z]+(?:/[A-Za-z]+)*)", origin)
    return sorted((resource_path(*named[1].split("/")) / "LICENSES").glob("*.txt")) if named else []


def _apache_licence() -> str:
    """LICENSE.txt of this project, beside the library in a checkout, in the record of an installed package; or ""."""
    beside = resource_path().parent / "LICENSE.txt"
    if beside.is_file():
        return beside.read_text(encoding="utf-8")
    try:
        recorded = distribution("orthodiffusion").files or []
    except PackageNotFoundError:
        return ""
    found = next((file for file in recorded if file.name == "LICENSE.txt"), None)
    return found.read_text(encoding="utf-8") if found is not None else ""
