"""Recipe: the settings of a training, read from a short TOML file."""

from __future__ import annotations

import tomllib
from dataclasses import asdict, dataclass, field, fields
from pathlib import Path

from OrthoDiffusionLib.analysis.model import DEFAULT_NETWORK, OPTIONAL_NETWORK, WINDOW_STEP
from OrthoDiffusionLib.diffusion import EDM, TARGETS
from OrthoDiffusionLib.encoders import DETAIL_RATIO
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.resources import resource_path


@dataclass(frozen=True)
class DataRecipe:
    """How crops are cut from phantom studies.

    Attributes:
        crop: (S, H, W) voxels of a view's crop, at the encoders' pixels.
        detail_crop: rows and columns of the window of it that is looked at in detail, in the views' own pixels.
        fusion_size: voxels a side of the coarse fusion grid in a crop.
        fine_points: how many points the fine segmentation is asked at in each step.
        draws_per_study: crops taken from a study before the next one is loaded.
        streamed_draws, streamed_window: where the studies are made while the training runs: crops that are taken of
            each study on average, and how many studies they are drawn from at a time.
        centre: the imaging site that takes the pictures, by the word that recipes have for it; "training" is a mixture
            of all that training may see.
    """

    crop: tuple[int, int, int] = (24, 96, 96)
    detail_crop: int = 96
    fusion_size: int = 36
    fine_points: int = 16384
    draws_per_study: int = 2
    streamed_draws: int = 8
    streamed_window: int = 48
    centre: str = "training"


def _check_numbers(settings, whole: tuple[str, ...]) -> None:
    """Steps and the like from 1: else noise would come out and look like weights."""
    for name in whole:
        if getattr(settings, name) < 1:
            raise TrainingError(f"{name} must be 1 or more, got {getattr(settings, name)} instead")
    if not settings.learning_rate >= 0:
        raise TrainingError(f"learning_rate must be 0 or more, got {settings.learning_rate} instead")


@dataclass(frozen=True)
class PretrainRecipe:
    """Self-supervised training of one plane's diffusion model.

    Attributes:
        batch: crops that go through the network at once.
        accumulate: how many such batches a step averages, over all processes.
        learning_rate: of AdamW.
        filter_rate: of Muon, which trains the convolutions; 0 leaves them to AdamW.
    """

    steps: int = 1000
    batch: int = 2
    accumulate: int = 1
    learning_rate: float = 1e-3
    filter_rate: float = 0.015
    warmup: int = 50
    ema: float = 0.995

    def __post_init__(self) -> None:
        _check_numbers(self, ("steps", "batch", "accumulate"))


@dataclass(frozen=True)
class FinetuneRecipe:
    """Training of encoders, fusion and heads together.

    Attributes:
        accumulate: how many crops a step averages.
        steps_alone: first steps in which each view is asked alone; cheaper, and the views learn the anatomy
            before they are asked to agree.
        learning_rate: of AdamW.
        filter_rate: of Muon, which trains the convolutions; 0 leaves them to AdamW.
        encoder_rate: the encoders' learning rates as a share of the others'.
        steps_outlines_first: first steps in which lesions weigh little; where there is no anatomy yet, there is
            no place for them.
        diagnosis_weight: of the losses of lesion maps and study-level classifier beside segmentation's, in those
            steps and after.
        lesion_dice: weight of the Dice in the lesion losses, in those steps and after.
        view_subsets: how often a study is shown with three, two, one of its views.
    """

    steps: int = 3200
    accumulate: int = 1
    steps_alone: int = 1800
    steps_outlines_first: int = 1200
    learning_rate: float = 2e-3
    filter_rate: float = 0.015
    encoder_rate: float = 0.7
    warmup: int = 100
    ema: float = 0.997
    diagnosis_weight: tuple[float, float] = (0.5, 1.0)
    lesion_dice: tuple[float, float] = (0.2, 1.0)
    view_subsets: tuple[float, float, float] = (0.6, 0.2, 0.2)

    def __post_init__(self) -> None:
        _check_numbers(self, ("steps", "accumulate"))


@dataclass(frozen=True)
class Recipe:
    """All settings of one bundle's training. What a run used is stored with its result.

    Attributes:
        version: of the bundle that comes of it.
    """

    name: str = ""
    version: str = "0.1.0"
    seed: int = 0
    in_plane_mm: float = 0.8
    fine_spacing_mm: float = 0.7
    network: dict = field(default_factory=dict)
    data: DataRecipe = field(default_factory=DataRecipe)
    pretrain: PretrainRecipe = field(default_factory=PretrainRecipe)
    finetune: FinetuneRecipe = field(default_factory=FinetuneRecipe)

    @property
    def has_detail(self) -> bool:
        """Whether the network looks a second time, at the views' own pixels."""
        return bool(self.network.get("detail", False))

    @property
    def encoder_pixel_mm(self) -> float:
        """In-plane pixel that the encoders are shown."""
        return self.in_plane_mm * (DETAIL_RATIO if self.has_detail else 1)

    def as_dict(self) -> dict:
        """Plain numbers and lists, for the manifest."""
        return asdict(self)


def load_recipe(source: str | Path) -> Recipe:
    """Read a recipe.

    Args:
        source: a TOML file, or the name of one in Resources/Recipes.

    Raises:
        TrainingError: if there is no such file, or it has unknown keys or values of a wrong type.
    """
    path = Path(source)
    if not path.suffix:
        path = resource_path("Recipes", f"{source}.toml")
    try:
        table = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        known = ", ".join(sorted(p.stem for p in resource_path("Recipes").glob("*.toml")))
        raise TrainingError(
            f"There is no recipe {str(source)!r}", where=str(path), remedy=f"Give a TOML file or one of: {known}."
        ) from None
    except OSError as error:
        raise TrainingError(f"The recipe cannot be read: {error.strerror}", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise TrainingError(
            f"The recipe is not valid TOML: {error}", where=str(path), remedy="Save it as text with the encoding UTF-8."
        ) from None
    recipe = _build(Recipe, table, str(path))
    _check_network(recipe.network, f"{path} [network]")
    if recipe.has_detail:
        _check_detail(recipe.data, f"{path} [data]")
    return recipe


def _check_network(network: dict, where: str) -> None:
    """A misspelt key would be found only when the trained bundle is opened; a missing one when training starts."""
    known = {**DEFAULT_NETWORK, **OPTIONAL_NETWORK}
    unknown = sorted(set(network) - set(known))
    if unknown:
        raise TrainingError(
            f"Unknown keys in the network of the recipe: {', '.join(unknown)}",
            where=where,
            remedy=f"Known here: {', '.join(known)}.",
        )
    if (target := network.get("target", EDM)) not in TARGETS:
        raise TrainingError(f"target must be one of {', '.join(TARGETS)}, got {target!r} instead", where=where)


def _check_detail(data: DataRecipe, where: str) -> None:
    largest = DETAIL_RATIO * min(data.crop[1:])
    if data.detail_crop < WINDOW_STEP or data.detail_crop % WINDOW_STEP or data.detail_crop > largest:
        raise TrainingError(
            f"detail_crop must be a multiple of {WINDOW_STEP} up to {largest} pixels, got {data.detail_crop} instead",
            where=where,
            remedy=f"It is a part of the crop, which has {DETAIL_RATIO} of the views' pixels in each of its own.",
        )


_PARTS = {"data": DataRecipe, "pretrain": PretrainRecipe, "finetune": FinetuneRecipe}


def _build(kind: type, table: object, where: str):
    if not isinstance(table, dict):
        raise TrainingError(f"A part of the recipe must be a table of keys, got {table!r} instead", where=where)
    known = {f.name for f in fields(kind)}
    unknown = sorted(set(table) - known)
    if unknown:
        raise TrainingError(
            f"Unknown keys in the recipe: {', '.join(unknown)}",
            where=where,
            remedy=f"Known here: {', '.join(sorted(known))}.",
        )
    defaults = kind()
    values = {}
    for name, value in table.items():
        expected = getattr(defaults, name)
        if name in _PARTS and kind is Recipe:
            value = _build(_PARTS[name], value, f"{where} [{name}]")
        elif isinstance(expected, tuple):
            value = _like(expected, value, name, where)
        elif isinstance(expected, float) and isinstance(value, int):
            value = float(value)
        if not isinstance(value, type(expected)):
            raise TrainingError(f"{name} must be of type {type(expected).__name__}, got {value!r} instead", where=where)
        values[name] = value
    try:
        return kind(**values)
    except TrainingError as error:
        raise TrainingError(error.what, where=where) from None


def _like(expected: tuple, value: object, name: str, where: str) -> tuple:
    """A list as a tuple with as many numbers of the same kind."""
    kind = type(expected[0])
    allowed = (int, float) if kind is float else kind
    numbers = value if isinstance(value, list) and len(value) == len(expected) else []
    if not numbers or not all(isinstance(v, allowed) and not isinstance(v, bool) for v in numbers):
        words = "whole numbers" if kind is int else "numbers"
        raise TrainingError(f"{name} must be a list of {len(expected)} {words}, got {value!r} instead", where=where)
    return tuple(kind(v) for v in numbers)
