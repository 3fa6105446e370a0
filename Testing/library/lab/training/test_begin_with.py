"""A training begins with a bundle's weights only if these mean what the training studies show."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch
from joints.toy_joint import TOY

from OrthoDiffusionLib.analysis.model import load_model
from OrthoDiffusionLib.anatomy import joint as joint_named
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe, load_recipe
from OrthoDiffusionLib.lab.training.phantoms.finetune import begin_with, begin_with_encoders, new_model

KNEE = joint_named("knee")
FIRST, SECOND, *OTHERS = KNEE.abnormalities
FEMUR, TIBIA, *STRUCTURES = KNEE.structures
SHIPPED = Path(__file__).parents[4] / "Resources" / "Bundles" / "orthodiffusion-knee"
EXCHANGED_LABELS = (replace(FEMUR, label=TIBIA.label), replace(TIBIA, label=FEMUR.label), *STRUCTURES)


def recipe_of(bundle) -> Recipe:
    return Recipe(network=dict(bundle.manifest.training["recipe"]["network"]), in_plane_mm=1.6)


def test_the_same_vocabulary_gives_the_same_weights(untrained):
    recipe = recipe_of(untrained)
    model = new_model(recipe, KNEE)
    begin_with(model, untrained, recipe, KNEE)
    for name, value in load_model(untrained).state_dict().items():
        assert torch.equal(model.state_dict()[name], value), name


@pytest.mark.parametrize(
    ("joint", "what"),
    [
        (replace(KNEE, abnormalities=(SECOND, FIRST, *OTHERS)), f"the order of the findings ({FIRST.name}, "),
        (
            replace(KNEE, abnormalities=(replace(FIRST, name="plica"), SECOND, *OTHERS)),
            f"findings ({FIRST.name}, plica)",
        ),
        (replace(KNEE, structures=EXCHANGED_LABELS), "structures or their labels (femur, tibia)"),
        (replace(KNEE, structures=(replace(FEMUR, name="bone"), TIBIA, *STRUCTURES)), "their labels (bone, femur)"),
        (replace(KNEE, name="elbow"), "the joint (knee, the training elbow)"),
        (TOY.joint, "the joint (knee, the training toy)"),
    ],
    ids=["exchanged findings", "renamed finding", "exchanged labels", "renamed structure", "renamed joint", "joint"],
)
def test_another_vocabulary_is_refused_and_what_differs_is_named(untrained, joint, what):
    recipe = recipe_of(untrained)
    model = new_model(recipe, joint)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    with pytest.raises(TrainingError) as caught:
        begin_with(model, untrained, recipe, joint)
    assert what in caught.value.what
    assert all(torch.equal(before[name], value) for name, value in model.state_dict().items())


def test_the_encoders_of_a_bundle_serve_another_joint(untrained):
    recipe = recipe_of(untrained)
    model = new_model(recipe, TOY.joint)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    begin_with_encoders(model, untrained, recipe, TOY.joint)
    knee = load_model(untrained).state_dict()
    for name, value in model.state_dict().items():
        expected = knee[name] if name.startswith("encoders.") else before[name]
        assert torch.equal(value, expected), name


def test_encoders_of_another_size_are_refused(untrained):
    recipe = recipe_of(untrained)
    wider = replace(recipe, network={**recipe.network, "stem_channels": 2 * recipe.network["stem_channels"]})
    with pytest.raises(TrainingError, match="it differs in: stem_channels"):
        begin_with_encoders(new_model(wider, TOY.joint), untrained, wider, TOY.joint)


def test_the_long_training_can_go_on_from_the_shipped_bundle():
    bundle, recipe = Bundle.open(SHIPPED), load_recipe("knee-long")
    model = new_model(recipe, KNEE)
    begin_with(model, bundle, recipe, KNEE)
    shipped = load_model(bundle).state_dict()
    assert all(torch.equal(value, shipped[name]) for name, value in model.state_dict().items())
