"""From a trained model to a bundle, and from measured scores to a bundle that is ready to ship."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file

from OrthoDiffusionLib.analysis.inference import FUSION_RATIO
from OrthoDiffusionLib.analysis.model import HEADS_FILE, OrthoModel, network_for, weights_by_file
from OrthoDiffusionLib.anatomy import Joint
from OrthoDiffusionLib.anatomy import joint as joint_named
from OrthoDiffusionLib.bundles import Bundle, Manifest, write_bundle
from OrthoDiffusionLib.bundles.bundle import sha256_of
from OrthoDiffusionLib.bundles.manifest import ViewSpecification
from OrthoDiffusionLib.bundles.training_reference import TrainingReference
from OrthoDiffusionLib.diffusion import EDM
from OrthoDiffusionLib.encoders import NOISE_CONVENTIONS
from OrthoDiffusionLib.errors import OrthoDiffusionError
from OrthoDiffusionLib.lab.evaluation.cohorts.calibration_fitting import fit_calibrations
from OrthoDiffusionLib.lab.evaluation.scores.scored_study import ScoredStudy, weights_of
from OrthoDiffusionLib.lab.training.engine.classifier_fitting import fit_classifiers
from OrthoDiffusionLib.lab.training.engine.plane_alignment import align_plane_classifiers
from OrthoDiffusionLib.lab.training.engine.published_figures import check_same_weights, judged_by, read_figures
from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
from OrthoDiffusionLib.lab.training.engine.record import with_command
from OrthoDiffusionLib.views.intensity import RULE
from OrthoDiffusionLib.views.view_grid import ViewGrid
from OrthoDiffusionLib.volumes import Plane

LICENCE = "Apache-2.0"
EDM_CONVENTION = "EDM preconditioning, Karras et al. 2022 (arXiv 2206.00364)"


def write_trained_bundle(
    model: OrthoModel,
    recipe: Recipe,
    folder: Path,
    training: Mapping,
    *,
    joint: Joint | str,
    sources: Sequence[Mapping[str, str]] = (),
    overwrite: bool = True,
) -> Bundle:
    """A bundle straight from training: it outlines, but no finding is assessed before it is calibrated.

    Args:
        model: with its final weights.
        recipe: it was trained by.
        folder: to be made.
        training: commands, data and seeds, for the manifest.
        joint: whose vocabulary and rules the bundle brings.
        sources: what it learned from, each with name, licence and origin.
    """
    joint = joint_named(joint)
    network = network_for(recipe.network, joint.structures)
    fields = {
        "name": f"orthodiffusion-{joint.name}",
        "version": recipe.version,
        "joint": joint.name,
        "structures": joint.structures,
        "abnormalities": joint.abnormalities,
        "views": {plane.value: _view_of(plane, network, recipe) for plane in model.planes},
        "mirror": {"networks_see": "right", "rule": "left joints are reflected at x = 0 before and after"},
        "fusion_grid": {
            "spacing_mm": recipe.fine_spacing_mm,
            "axes": "RAS",
            "coarse_spacing_mm": FUSION_RATIO * recipe.fine_spacing_mm,
        },
        "network": network,
        "calibration": {},
        "training": {"recipe": recipe.as_dict(), **training},
        "licence": LICENCE,
        "sources": [dict(source) for source in sources],
        "joint_rules": joint.rules(),
    }
    weights = {file: _kernels_as_computed(tensors) for file, tensors in weights_by_file(model).items()}
    return write_bundle(folder, fields, weights, overwrite=overwrite)


def _kernels_as_computed(tensors: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Half precision whose convolution kernels have no more digits than bfloat16, in which convolutions are computed.

    A file of such weights is a sixth smaller once compressed, so that a history holds more of them.
    """
    return {
        name: torch.from_numpy(array).to(torch.bfloat16).to(torch.float16).numpy() if array.ndim > 2 else array
        for name, array in tensors.items()
    }


def _view_of(plane: Plane, network: Mapping, recipe: Recipe) -> ViewSpecification:
    """What a view of one plane must be for the network."""
    grid = ViewGrid(plane, in_plane_mm=recipe.in_plane_mm)
    noise = {
        "convention": NOISE_CONVENTIONS.get(network["kind"], EDM_CONVENTION),
        "target": network.get("target", EDM),
        "sigma_data": network["sigma_data"],
        "feature_sigma": network["sigma"],
        "draws": 0,
    }
    taps = ("decoder_0", "decoder_1", "decoder_2")
    return ViewSpecification(grid, plane.hanging, intensity={"rule": RULE}, noise=noise, taps=taps)


def publish(
    bundle: Bundle,
    folder: Path,
    *,
    calibration: Sequence[ScoredStudy],
    calibration_cohort: str,
    figures: Path | None,
    refit: bool = False,
    version: str | None = None,
    command: str = "",
) -> Bundle:
    """The same networks with calibrations and figures in the manifest, and classifiers fitted to whole studies.

    A bundle that was calibrated before keeps its weights to the bit, unless its classifiers are to be fitted anew. It
    keeps its training reference, unless its logit adjustment is another now: then `with_reference` comes last.

    Args:
        bundle: a trained one, with the logit adjustment that it shall have.
        folder: the new bundle's; replaced if it holds one.
        calibration: scored studies of a calibration cohort, whose logits are fitted.
        calibration_cohort: its name and version, for the manifest.
        figures: scores of the frozen cohort, as `evaluate --json` wrote them for the bundle that this made without
            figures; they decide what is assessed.
        refit: whether the classifiers of a bundle that was calibrated before are fitted anew.
        version: of the new bundle; None keeps that of `bundle`.
        command: what to add to the training record's list.

    Raises:
        OrthoDiffusionError: if the figures are of another joint, of other weights, or of the calibration cohort.
    """
    manifest = bundle.manifest
    names = [abnormality.name for abnormality in manifest.abnormalities]
    tensors = _weights(bundle)
    fitted_before = bool(manifest.calibration) and not refit
    if not fitted_before:
        tensors[HEADS_FILE], calibration = fit_classifiers(tensors[HEADS_FILE], names, calibration)
    calibrations = fit_calibrations(calibration, names)
    training = with_command(manifest.training, command)
    training |= {"calibration_cohort": calibration_cohort, "calibration_studies": len(calibration)}
    figured = read_figures(figures, manifest, calibration_cohort=calibration_cohort)
    calibrations = {name: judged_by(figured, name, value) for name, value in calibrations.items()}
    updated = replace(
        manifest,
        version=version or manifest.version,
        calibration=calibrations,
        training=training,
        figures=figured,
    )
    if not fitted_before:  # else they have been aligned, and the weights stay to the bit
        tensors[HEADS_FILE] = align_plane_classifiers(tensors[HEADS_FILE], names, calibration, calibrations)
    files = {name: sha256_of(name, content) for name, content in tensors.items()}
    made = replace(updated, files=files, training_reference=None)
    if figures is not None:
        check_same_weights(figured, made, figures)
    # Classifiers are beside what a training reference looks at: the views, their features and their outlines.
    beside = replace(made, files={**made.files, HEADS_FILE: manifest.files[HEADS_FILE]})
    if weights_of(beside) != weights_of(Bundle.open(bundle.folder).manifest):
        updated = replace(updated, training_reference=None)
    return _write(folder, updated, {**tensors, **_reference_file(bundle, updated)})


def with_figures(
    bundle: Bundle, folder: Path, figures: Path, *, version: str | None = None, command: str = ""
) -> Bundle:
    """The same bundle with other figures, which also decide what is assessed; all that was fitted stays as it is.

    Args:
        bundle: a published one.
        folder: the new bundle's; replaced if it holds one.
        figures: scores of its weights on the frozen cohort, as `evaluate --json` wrote them.
        version: of the new bundle; None keeps that of `bundle`.
        command: what to add to the training record's list.

    Raises:
        OrthoDiffusionError: if the bundle was never calibrated, or the figures are of another joint, of other weights,
            or of the cohort that it was calibrated on.
    """
    manifest = bundle.manifest
    if not manifest.calibration:
        raise OrthoDiffusionError(
            "A bundle that was never calibrated assesses nothing, whatever its figures are",
            where=str(bundle.folder),
            remedy="Publish it first, without keeping what was fitted.",
        )
    figured = read_figures(figures, manifest, calibration_cohort=str(manifest.training.get("calibration_cohort", "")))
    check_same_weights(figured, manifest, figures)
    updated = replace(
        manifest,
        version=version or manifest.version,
        calibration={name: judged_by(figured, name, value) for name, value in manifest.calibration.items()},
        training=with_command(manifest.training, command),
        figures=figured,
    )
    return _write(folder, updated, {**_weights(bundle), **_reference_file(bundle, updated)})


def with_reference(
    bundle: Bundle,
    folder: Path,
    reference: TrainingReference,
    tensors: Mapping[str, np.ndarray],
    *,
    version: str | None = None,
    command: str = "",
) -> Bundle:
    """The same bundle with a training reference; its weights and all other entries stay as they are.

    Args:
        bundle: a reference that it has already is replaced.
        folder: the new bundle's; replaced if it holds one.
        reference: for the manifest.
        tensors: of the reference's file.
        version: of the new bundle; None keeps that of `bundle`.
        command: what to add to the training record's list.
    """
    manifest = bundle.manifest
    updated = replace(
        manifest,
        version=version or manifest.version,
        training=with_command(manifest.training, command),
        training_reference=reference,
    )
    return _write(folder, updated, {**_weights(bundle), reference.file: tensors})


def _write(folder: Path, manifest: Manifest, tensors: Mapping[str, Mapping]) -> Bundle:
    fields = manifest.as_dict()
    for key in ("files", "schema_version", "created"):
        fields.pop(key)
    return write_bundle(folder, fields, tensors, overwrite=True)


def _reference_file(bundle: Bundle, manifest: Manifest) -> dict[str, Mapping]:
    """The tensors of the training reference that a manifest keeps from a bundle; nothing if it has none."""
    reference = manifest.training_reference
    return {} if reference is None else {reference.file: load_file(bundle.weight_paths[reference.file])}


def _weights(bundle: Bundle) -> dict[str, Mapping]:
    """File name -> tensors of the networks; not what a training reference needs."""
    reference = bundle.manifest.training_reference
    left_out = reference.file if reference is not None else ""
    return {name: load_file(path) for name, path in bundle.weight_paths.items() if name != left_out}
