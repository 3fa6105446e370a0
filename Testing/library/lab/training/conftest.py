"""A user's archive of a made-up joint, written as files once, and a bundle with random weights to begin with."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

HERE = Path(__file__).parent

CASES = 6
VOCABULARY = """
joint = "toy"
structures = [
    { name = "upper_bone", title = "Upper bone", label = 1 },
    { name = "lower_bone", title = "Lower bone", label = 2 },
    { name = "nodule", title = "Lateral nodule", label = 3 },
]
abnormalities = [{ name = "swelling", title = "Swelling" }]
[label_maps]
covers = "all"
"""
NETWORK = {
    "kind": "orthodiffusion-1", "channels": [8, 8, 16, 16], "stem_channels": 8, "embedding": 16,
    "sigma": 0.1, "sigma_data": 0.5, "width": 8,
}  # fmt: skip


@dataclass(frozen=True)
class Archive:
    """Studies on disk and what is true of them.

    Attributes:
        folder: of all studies; tables are written beside them.
        truths: name, side and whether there is a swelling, as in the archive's own list.
    """

    folder: Path
    truths: tuple[dict, ...]

    def rows(self) -> list[dict]:
        """A table that says everything: images, labels, side, finding; one patient a study."""
        return [
            {
                "case": truth["name"],
                "patient": f"p{number}",
                "side": truth["side"],
                **{plane: f"{truth['name']}/{plane}.nii.gz" for plane in ("sagittal", "coronal", "axial")},
                **{f"{plane}_labels": f"{truth['name']}/{plane}_labels.nii.gz" for plane in ("sagittal", "axial")},
                "swelling": truth["swelling"],
            }
            for number, truth in enumerate(self.truths)
        ]

    def table(self, name: str, rows: list[dict]) -> Path:
        """Write a table beside the studies."""
        path = self.folder / name
        columns = list(dict.fromkeys(column for row in rows for column in row))
        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, columns, restval="", lineterminator="\n")
            writer.writeheader()
            writer.writerows(rows)
        return path


@pytest.fixture(scope="session")
def archive(tmp_path_factory) -> Archive:
    """Right and left toy joints as NIfTI files, with labels of every structure on the grid of each image."""
    from joints.toy_joint import TOY

    from OrthoDiffusionLib.lab.phantom.datasets.study_files import write_studies
    from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS

    folder = tmp_path_factory.mktemp("archive")
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(BUILDERS, "toy", TOY)
        write_studies(folder, CASES, seed=3, joint="toy", prevalence=0.5, anatomy="plain")
    with (folder / "findings.csv").open(encoding="utf-8") as file:
        return Archive(folder, tuple(csv.DictReader(file)))


@pytest.fixture(scope="session")
def untrained(tmp_path_factory):
    """A knee bundle of a tiny network with random weights."""
    import torch

    from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
    from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
    from OrthoDiffusionLib.lab.training.phantoms.finetune import new_model

    torch.manual_seed(5)
    recipe = Recipe(network=NETWORK, in_plane_mm=1.6)
    folder = tmp_path_factory.mktemp("bundles") / "tiny"
    return write_trained_bundle(
        new_model(recipe, joint="knee"), recipe, folder, {"command": "none: random weights"}, joint="knee"
    )


@pytest.fixture(scope="session")
def vocabulary_file(tmp_path_factory) -> Path:
    """The toy joint's words as a user would write them."""
    path = tmp_path_factory.mktemp("vocabulary") / "toy.toml"
    path.write_text(VOCABULARY, encoding="utf-8")
    return path


@pytest.fixture(scope="session")
def vocabulary(vocabulary_file, untrained):
    """The toy joint's words as the library reads them."""
    from OrthoDiffusionLib.lab.training.tables.vocabulary import read_vocabulary

    return read_vocabulary(vocabulary_file, untrained.manifest)


@pytest.fixture
def change(archive, vocabulary) -> Callable:
    """Reads the archive's table after a change to its rows."""
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    def read(edit: Callable[[list[dict]], None], name: str = "changed.csv"):
        rows = archive.rows()
        edit(rows)
        return read_case_table(archive.table(name, rows), vocabulary)

    return read
