"""Lightning Fabric: the engine under the training loop, and the only file that knows how it is started.

Chosen over Hugging Face Accelerate because one and the same command starts all its processes (Accelerate wants its
own launcher in front of it: https://huggingface.co/docs/accelerate/basic_tutorials/launch), because the loop stays
ours, and because it brings no client of a model hub along. It is an extra, and imported when a training starts: an
analysis never needs it.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
from torch import Tensor, nn

from OrthoDiffusionLib.errors import TrainingError
from OrthoDiffusionLib.lab.training.engine.sibling_processes import lost_process_told, start_siblings

if TYPE_CHECKING:
    from lightning_fabric import Fabric
    from lightning_fabric.plugins.environments import LightningEnvironment


@dataclass(frozen=True)
class Machine:
    """What a training runs on.

    Attributes:
        device: "auto", "cpu" or "cuda"; auto takes the GPUs if there are any.
        devices: processes on each computer, one a GPU; 0 takes all GPUs, or one process on a CPU.
        nodes: computers. Each is given the same command with MASTER_ADDR, MASTER_PORT and NODE_RANK set, or torchrun
            starts it and then decides over the numbers.
    """

    device: str = "auto"
    devices: int = 0
    nodes: int = 1

    def __post_init__(self) -> None:
        if self.device not in ("auto", "cpu", "cuda"):
            raise ValueError(f"device must be auto, cpu or cuda, got {self.device!r} instead")
        if self.devices < 0 or self.nodes < 1:
            raise TrainingError(
                f"A training cannot run in {self.devices} processes on {self.nodes} computers",
                remedy="Ask for 1 or more of each.",
            )


CPU = Machine("cpu", 1)


def launch(machine: Machine = CPU) -> Fabric:
    """Start the processes and join them; each of them returns from here with its own rank.

    Raises:
        TrainingError: if lightning-fabric is missing, or the GPUs that were asked for are.
    """
    fabric_of = _import_fabric()
    found = torch.cuda.device_count() if machine.device != "cpu" and torch.cuda.is_available() else 0
    if machine.device == "cuda" and not found:
        raise TrainingError(
            "There is no CUDA GPU here", remedy="Train with --device cpu, or install a CUDA build of torch."
        )
    devices, nodes = machine.devices or max(1, found), machine.nodes
    if "LOCAL_WORLD_SIZE" in os.environ:  # torchrun has decided
        devices = int(os.environ["LOCAL_WORLD_SIZE"])
        nodes = int(os.environ["WORLD_SIZE"]) // devices
    if found and devices > found:
        raise TrainingError(
            f"{devices} GPUs were asked for and {found} are there", remedy=f"Ask for --devices {found}."
        )
    if devices > 1 and "LOCAL_RANK" not in os.environ:
        meeting = _meeting_place()
        start_siblings(devices, meeting.main_address, meeting.main_port)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # advice on settings that are ours to decide
        fabric = fabric_of(
            accelerator="cuda" if found else "cpu",
            devices=devices,
            num_nodes=nodes,
            strategy="ddp" if devices * nodes > 1 else "auto",
            # the number format is precision.autocast's business, here as in an analysis
            precision="32-true",
        )
        fabric.launch()
    return fabric


def wait_for_all(fabric: Fabric, folder: Path) -> None:
    """Go on when every process has come here.

    Args:
        folder: of the training, for the error.

    Raises:
        TrainingError: if one of them is lost.
    """
    with lost_process_told(folder, fabric.world_size):
        fabric.barrier()


def is_first_process() -> bool:
    """Whether this process does what is done once, asked before `launch`."""
    return all(os.environ.get(name, "0") == "0" for name in ("LOCAL_RANK", "NODE_RANK", "GROUP_RANK"))


def processes_here(fabric: Fabric) -> int:
    """Processes of this training on this computer."""
    return max(1, fabric.world_size // max(1, int(getattr(fabric, "_num_nodes", 1))))


def share_of(wanted: int, fabric: Fabric, report: Callable[[str], None], what: str) -> int:
    """How many of a step's samples each process takes, rounded up.

    Args:
        wanted: over all processes.
        report: gets a line if the step averages more than that.
        what: the samples, in the plural.
    """
    processes = fabric.world_size
    share = -(-wanted // processes)
    if share * processes != wanted and fabric.is_global_zero:
        report(f"a step averages {share * processes} {what} in {processes} processes, not {wanted}")
    return share


def average_gradients(module: nn.Module, fabric: Fabric) -> None:
    """Give every process the mean gradient of all, where samples may leave some of the parameters without one.

    A parameter that no process has a gradient of keeps none, so that the optimizers pass over it as in one process.
    """
    moving = [parameter for parameter in module.parameters() if parameter.requires_grad]
    known = torch.tensor([float(parameter.grad is not None) for parameter in moving], device=fabric.device)
    known = _summed(known, fabric)
    used = [parameter for parameter, count in zip(moving, known.tolist(), strict=True) if count]
    for parameter in used:
        if parameter.grad is None:
            parameter.grad = torch.zeros_like(parameter)
    if not used:
        return
    gradients = [parameter.grad for parameter in used if parameter.grad is not None]
    flat = _summed(torch.cat([gradient.flatten() for gradient in gradients]), fabric) / fabric.world_size
    for gradient, part in zip(gradients, flat.split([gradient.numel() for gradient in gradients]), strict=True):
        gradient.copy_(part.view(gradient.shape))


def all_words(words: Iterable[str], fabric: Fabric) -> list[str]:
    """The words of all processes, each once and in the same order everywhere."""
    if fabric.world_size == 1:
        return list(words)
    gathered: list[list[str]] = [[] for _ in range(fabric.world_size)]
    torch.distributed.all_gather_object(gathered, sorted(words))
    return sorted({word for part in gathered for word in part})


def leave_the_rest_to_the_first(fabric: Fabric) -> None:
    """End every process but the first: what follows a training is done once.

    Raises:
        SystemExit: with 0, in the others.
    """
    if not fabric.is_global_zero:
        raise SystemExit(0)


def _summed(values: Tensor, fabric: Fabric) -> Tensor:
    total = fabric.all_reduce(values, reduce_op="sum")
    assert isinstance(total, Tensor)  # of a tensor it is one
    return total


def _meeting_place() -> LightningEnvironment:
    """Where the processes find each other: as the environment says, else on this computer at a free port."""
    from lightning_fabric.plugins.environments import LightningEnvironment

    return LightningEnvironment()


def _import_fabric():
    try:
        from lightning_fabric import Fabric
    except ImportError as error:
        raise TrainingError(
            "Training needs the Python package lightning-fabric, which is not installed",
            remedy="Install it with: pip install 'orthodiffusion[train]', or pip install lightning-fabric.",
        ) from error
    return Fabric
