"""A bundle of the real networks that has learned nothing: python untrained_bundle.py FOLDER"""

import sys
from dataclasses import replace
from pathlib import Path


def write(folder):
    """Write it, with the smallest network that the model's builder takes."""
    import torch

    from OrthoDiffusionLib.analysis.model import DEFAULT_NETWORK, OrthoModel
    from OrthoDiffusionLib.anatomy import KNEE
    from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
    from OrthoDiffusionLib.lab.training.engine.recipe import load_recipe
    from OrthoDiffusionLib.resources import resource_path
    from OrthoDiffusionLib.volumes import Plane

    torch.manual_seed(0)
    recipe = load_recipe(resource_path("Recipes", "knee.toml"))
    small = {"channels": [8, 16, 16, 16], "stem_channels": 8, "embedding": 16, "width": 8}
    recipe = replace(recipe, network={**DEFAULT_NETWORK, **recipe.network, **small})
    classes = 1 + max(structure.label for structure in KNEE.structures)
    abnormalities = len(KNEE.abnormalities)
    model = OrthoModel(recipe.network, planes=tuple(Plane), classes=classes, abnormalities=abnormalities)
    return write_trained_bundle(model, recipe, folder, {"note": "untrained, for a test"}, joint="knee")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
