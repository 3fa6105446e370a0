"""Train on labelled cases and write a bundle; run the same command again to resume.

With --table, an existing bundle is fine-tuned on your own cases (Docs/finetuning.md); with --dataset, on a public data
set as downloaded (Docs/public_data.md). With --data, the cases are digital joints, and fusion, segmentation and
findings are trained on top of pretrained encoders.
"""

from __future__ import annotations

import argparse
import contextlib
import io
import math
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from OrthoDiffusionLib.cli.analyze import DEVICES
from OrthoDiffusionLib.cli.console import ProgressLine
from OrthoDiffusionLib.cli.numbers import whole_number
from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.commands.pretrain import joint_asked_for, read_recipe

if TYPE_CHECKING:
    from OrthoDiffusionLib.anatomy import Joint
    from OrthoDiffusionLib.lab.phantom.datasets.shards import StreamedStudies
    from OrthoDiffusionLib.lab.training.engine.recipe import Recipe
    from OrthoDiffusionLib.lab.training.tables.table_finetune import TableSettings


def add_arguments(parser: argparse.ArgumentParser) -> None:
    cases = parser.add_mutually_exclusive_group(required=True)
    cases.add_argument("--table", type=Path, metavar="CSV", help="your cases, one row each")
    cases.add_argument(
        "--dataset", nargs=2, metavar=("NAME", "DIR"),
        help="a public data set, as downloaded: mrnet, kneemri, fastmri+, skm-tea, oaizib-cm, rsna-2026",
    )  # fmt: skip
    cases.add_argument(
        "--template",
        nargs="?",
        type=Path,
        const=Path("-"),
        metavar="CSV",
        help="write an example of such a table, and stop",
    )
    cases.add_argument("--data", type=Path, metavar="DIR", help="studies made by `orthodiffusion phantom`")
    parser.add_argument("--out", type=Path, metavar="DIR", help="output folder for bundle, figures, checkpoint and log")
    parser.add_argument(
        "--steps",
        type=whole_number(1),
        metavar="N",
        help="maximum number of steps (default: 1500, or the number in the recipe)",
    )
    parser.add_argument("--device", choices=DEVICES, default="auto", help="where the networks run")
    _add_machine(parser)

    parser.add_argument(
        "--from",
        dest="start",
        metavar="BUNDLE",
        help="the bundle to start from (default with --table and --dataset: the default bundle)",
    )

    _add_table(parser.add_argument_group("with --table or --dataset"))
    _add_phantoms(parser.add_argument_group("with --data"))


def _add_table(table: argparse._ArgumentGroup) -> None:
    table.add_argument(
        "--vocabulary", type=Path, metavar="FILE", help="joint, structures, findings and label values, as TOML or JSON"
    )
    table.add_argument(
        "--train",
        choices=("all", "heads", "segmentation", "diagnosis"),
        help="all weights; all except the encoders; or one head only (default: all)",
    )
    table.add_argument("--name", metavar="NAME", help="name of the new bundle")
    table.add_argument("--check", action="store_true", help="read the table, describe its contents, and stop")
    table.add_argument(
        "--patience",
        type=whole_number(1),
        metavar="N",
        help="stop after N validations without improvement (default: 5)",
    )
    table.add_argument(
        "--validate-every",
        "--look-every",  # its name up to 0.2.0
        type=whole_number(1),
        metavar="N",
        help="steps between two validations (default: 100)",
    )
    table.add_argument(
        "--accumulate",
        type=whole_number(1),
        metavar="N",
        help="number of cases averaged in one step, over all processes (default: 1)",
    )
    table.add_argument("--learning-rate", type=float, metavar="R", help="learning rate (default: 0.0005)")
    table.add_argument("--seed", type=int, metavar="N", help="random seed of splits and order (default: 0)")


def _add_machine(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--devices", type=whole_number(0), default=1, metavar="N",
        help="number of GPUs or processes that share the training; 0 for all GPUs (default: 1)",
    )  # fmt: skip
    parser.add_argument(
        "--nodes", type=whole_number(1), default=1, metavar="N", help="number of computers; see Docs/pretraining.md"
    )


def _add_phantoms(phantoms: argparse._ArgumentGroup) -> None:
    phantoms.add_argument(
        "--recipe", metavar="R", help="a name in Resources/Recipes or a TOML file (default: the joint's recipe)"
    )
    start = phantoms.add_mutually_exclusive_group()
    start.add_argument("--pretrained", type=Path, metavar="DIR", help="output folder of `orthodiffusion pretrain`")
    start.add_argument("--from-scratch", action="store_true", help="start from random encoders, for comparison")
    start.add_argument(
        "--encoders-from", metavar="BUNDLE", help="start from the encoders of a bundle, which may be of another joint"
    )
    phantoms.add_argument(
        "--joint", metavar="J", help="joint of the streamed studies (default: that of --from, or of the default bundle)"
    )
    phantoms.add_argument(
        "--stream", action="store_true", help="generate the studies of DIR during training, as many as needed"
    )
    phantoms.add_argument(
        "--first-seed", type=whole_number(0), metavar="N", help="first random seed of the streamed studies (default: 0)"
    )
    phantoms.add_argument(
        "--workers",
        type=whole_number(1),
        metavar="N",
        help="number of processes that prepare crops and studies (default: 1)",
    )
    phantoms.add_argument(
        "--stop-after",
        type=whole_number(1),
        metavar="MINUTES",
        help="stop after this time and write the bundle as it is; the same command continues",
    )


def run(arguments: argparse.Namespace) -> int:
    if arguments.template is not None:
        return _template(arguments)
    _refuse_the_other_kinds(arguments)
    if arguments.out is None and (arguments.dataset is not None or not arguments.check):
        raise TrainingError("--out is missing", remedy="Give the folder of the new bundle with --out DIR.")
    return _on_phantoms(arguments) if arguments.data is not None else _on_table(arguments)


_OF_TABLES = {
    "vocabulary": "--vocabulary",
    "name": "--name",
    "check": "--check",
    "train": "--train",
    "patience": "--patience",
    "validate_every": "--validate-every",
    "accumulate": "--accumulate",
    "learning_rate": "--learning-rate",
    "seed": "--seed",
}
_OF_PHANTOMS = {
    "recipe": "--recipe",
    "pretrained": "--pretrained",
    "from_scratch": "--from-scratch",
    "encoders_from": "--encoders-from",
    "joint": "--joint",
    "stream": "--stream",
    "first_seed": "--first-seed",
    "workers": "--workers",
    "stop_after": "--stop-after",
}


def _refuse_the_other_kinds(arguments: argparse.Namespace) -> None:
    """An option that would be passed over is a misunderstanding."""
    kind, others = ("--data", _OF_TABLES) if arguments.data is not None else ("--table", _OF_PHANTOMS)
    kind = "--dataset" if arguments.dataset is not None else kind
    values = {option: getattr(arguments, name) for name, option in others.items()}
    given = [option for option, value in values.items() if value is not None and value is not False]  # a seed may be 0
    if given:
        raise TrainingError(
            f"{', '.join(given)} cannot be combined with {kind}", remedy="See `orthodiffusion finetune --help`."
        )


def _vocabulary(arguments: argparse.Namespace):
    """The starting bundle and what the new one shall know."""
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.lab.training.tables.vocabulary import read_vocabulary, vocabulary_of

    start = open_bundle(arguments.start)
    if arguments.vocabulary is None:
        return start, vocabulary_of(start.manifest)
    return start, read_vocabulary(arguments.vocabulary, start.manifest)


def _template(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.training.tables.case_table import template
    from OrthoDiffusionLib.volumes.files.atomic import atomic_path

    _, vocabulary = _vocabulary(arguments)
    text = template(vocabulary)
    if arguments.template == Path("-"):
        sys.stdout.write(text)
        return 0
    if arguments.template.exists():
        raise TrainingError("The file exists already", where=str(arguments.template), remedy="Choose another name.")
    with atomic_path(arguments.template) as temporary:
        temporary.write_text(text, encoding="utf-8")
    print(f"Example of a table of cases: {arguments.template}")
    return 0


def _settings(arguments: argparse.Namespace) -> TableSettings:
    """What was asked for; the rest as the help says."""
    from OrthoDiffusionLib.lab.training.engine.early_stopping import Patience
    from OrthoDiffusionLib.lab.training.tables.table_finetune import TableSettings

    def chosen(**values: object) -> dict:
        return {name: value for name, value in values.items() if value is not None}

    patience = Patience(
        **chosen(steps=arguments.steps, round_steps=arguments.validate_every, rounds=arguments.patience)
    )
    return TableSettings(
        patience=patience,
        **chosen(
            trained=arguments.train,
            learning_rate=arguments.learning_rate,
            seed=arguments.seed,
            accumulate=arguments.accumulate,
        ),
    )


def _on_table(arguments: argparse.Namespace) -> int:
    from OrthoDiffusionLib.lab.training.tables.case_table import describe

    with _told_once():
        start, vocabulary, table = _cases(arguments)
        print(describe(table, vocabulary))

    from OrthoDiffusionLib.lab.training.engine.fabric import Machine
    from OrthoDiffusionLib.lab.training.engine.record import this_command
    from OrthoDiffusionLib.lab.training.tables.table_finetune import check_teaching, finetune_on_table

    settings = _settings(arguments)
    if arguments.check:
        check_teaching(table, settings)
        return 0
    with ProgressLine() as progress:
        done = finetune_on_table(
            table,
            vocabulary,
            start,
            arguments.out,
            settings,
            name=arguments.name,
            command=this_command(),
            device=arguments.device,
            machine=Machine(arguments.device, arguments.devices, arguments.nodes),
            progress=progress,
        )
    manifest = done.bundle.manifest
    why = "stopped early" if done.stopped.early else "ran all its steps"
    print(f"{manifest.name} {manifest.version} in {done.bundle.folder}")
    print(f"The training {why} (last step {done.stopped.last_step}, best step {done.stopped.best_step}).")
    if done.stopped.best_step == 0:
        print("Validation never improved: the new bundle has the same weights as the one it started from.")
    if done.skipped:
        print(f"Cases left out: {len(done.skipped)}; {arguments.out / 'skipped.csv'} gives the reasons.")
    for abnormality in manifest.abnormalities:
        area = manifest.calibration_of(abnormality.name)
        reason = manifest.figures["abnormalities"][abnormality.name].get("not_assessed")
        shown = f"AUROC {area.auroc:.2f} ({area.auroc_low:.2f} to {area.auroc_high:.2f})"
        if not reason and not area.assessable:
            reason = f"it cannot be distinguished from chance: {shown}" if area.evaluated else "it was not evaluated"
        print(f"  {abnormality.title}: {f'not assessed, {reason}' if reason else shown}")
    print(f"Figures of {manifest.figures['cohort']['name']}: {arguments.out / 'scores.json'}")
    return 0


@contextlib.contextmanager
def _told_once() -> Iterator[None]:
    """What several processes of one training would print is printed by the first alone."""
    from OrthoDiffusionLib.lab.training.engine.fabric import is_first_process

    with contextlib.nullcontext() if is_first_process() else contextlib.redirect_stdout(io.StringIO()):
        yield


def _cases(arguments: argparse.Namespace):
    """The starting bundle, what the new one shall know, and the cases: a table's, or a public data set's."""
    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.lab.public_data.catalogue import JOINT, prepare_data_set
    from OrthoDiffusionLib.lab.training.tables.case_table import read_case_table

    if arguments.dataset is None:
        start, vocabulary = _vocabulary(arguments)
        return start, vocabulary, read_case_table(arguments.table, vocabulary)
    from OrthoDiffusionLib.lab.training.tables.table_finetune import TRAINING

    name, folder = arguments.dataset
    start = open_bundle(arguments.start, joint=None if arguments.start else JOINT)
    prepared = prepare_data_set(
        name,
        Path(folder),
        arguments.out / "dataset",
        start.manifest,
        vocabulary_file=arguments.vocabulary,
        begun=(arguments.out / TRAINING).exists(),
    )
    return start, prepared.vocabulary, prepared.table


def _check_beginning(arguments: argparse.Namespace) -> None:
    """Refuse none or several of what a training may begin with."""
    named = [value for value in (arguments.pretrained, arguments.start, arguments.encoders_from) if value is not None]
    if len(named) + arguments.from_scratch != 1:
        raise TrainingError(
            "--data needs exactly one of --pretrained DIR, --from BUNDLE, --encoders-from BUNDLE and --from-scratch",
            remedy="To go on from a model, name it with --from; `orthodiffusion bundle list` shows those there are.",
        )
    if arguments.joint and not arguments.stream:
        raise TrainingError("--joint needs --stream: without it, the studies of --data determine the joint")


def _joint(arguments: argparse.Namespace, begun_with: str | None) -> Joint:
    """The joint to train on: that of the studies; of those to be made, the one that was asked for or begun with."""
    from OrthoDiffusionLib.bundles.catalogue import default_joint
    from OrthoDiffusionLib.lab.phantom.datasets.shards import joint_of_shards

    if arguments.stream:
        return joint_asked_for(arguments.joint or begun_with or default_joint())
    return joint_of_shards(arguments.data)


def _on_phantoms(arguments: argparse.Namespace) -> int:
    encoders = arguments.encoders_from
    _check_beginning(arguments)

    from OrthoDiffusionLib.analysis.study_inputs import open_bundle
    from OrthoDiffusionLib.lab.phantom.phantom import builder_named
    from OrthoDiffusionLib.lab.training.engine.fabric import Machine, is_first_process
    from OrthoDiffusionLib.lab.training.engine.packaging import write_trained_bundle
    from OrthoDiffusionLib.lab.training.engine.record import (
        beginning_record,
        data_record,
        pretraining_record,
        sources_of_weights,
        this_command,
    )
    from OrthoDiffusionLib.lab.training.phantoms.finetune import finetune
    from OrthoDiffusionLib.lab.training.pretraining.pretrain import pretrained_file
    from OrthoDiffusionLib.volumes import Plane

    beginning = arguments.start or encoders
    start = None if beginning is None else open_bundle(beginning)
    joint = _joint(arguments, None if start is None or encoders else start.manifest.joint)
    recipe = read_recipe(arguments, "finetune", joint.name)
    pretrained = arguments.pretrained
    model = finetune(
        arguments.data,
        pretrained,
        arguments.out,
        recipe,
        start=start,
        encoders_alone=encoders is not None,
        machine=Machine(arguments.device, arguments.devices, arguments.nodes),
        streamed=_streamed(arguments, recipe, joint.name) if arguments.stream else None,
        workers=arguments.workers or 1,
        seconds=60.0 * arguments.stop_after if arguments.stop_after else math.inf,
    )
    if not is_first_process():
        return 0
    files = {} if pretrained is None else {plane: pretrained_file(pretrained, plane) for plane in Plane}
    training = {
        "commands": [this_command()],
        "data": data_record(arguments.data),
        "seed": recipe.seed,
        "pretraining": pretraining_record(files) or None,
        **({} if start is None else {"encoders_from" if encoders else "began_with": beginning_record(start)}),
    }
    made_of = [*sources_of_weights(files.values()), *(start.manifest.sources if start is not None else ())]
    made_of += [source for source in builder_named(joint.name).sources if source not in made_of]
    bundle = write_trained_bundle(model, recipe, arguments.out / "bundle", training, joint=joint, sources=made_of)
    print(f"{bundle.manifest.name} {bundle.manifest.version} in {bundle.folder}")
    return 0


def _streamed(arguments: argparse.Namespace, recipe: Recipe, joint: str) -> StreamedStudies:
    """As many studies as the recipe's steps draw from."""
    from OrthoDiffusionLib.lab.phantom.datasets.shards import StreamedStudies, TrainingStudies

    draws = recipe.finetune.steps * recipe.finetune.accumulate
    count = -(-draws // recipe.data.streamed_draws)
    studies = TrainingStudies(count, arguments.first_seed or 0, joint=joint, pixel_mm=recipe.in_plane_mm)
    return StreamedStudies(arguments.data, studies)
