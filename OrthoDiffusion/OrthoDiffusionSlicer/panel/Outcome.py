"""What the last analysis came to, as values; the section Run puts them into words."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Progress:
    """An analysis runs.

    Attributes:
        fraction: how much of it is done, 0 to 1.
        message: what is being done.
    """

    fraction: float
    message: str


@dataclass(frozen=True)
class Done:
    """The results are in the scene.

    Attributes:
        seconds: from the click to the results.
        device: what the networks ran on; empty if the worker did not say.
    """

    seconds: float
    device: str


@dataclass(frozen=True)
class Cancelled:
    """Nothing in the scene has changed.

    Attributes:
        reason: why, empty if the user wished it.
    """

    reason: str


@dataclass(frozen=True)
class NoSurfaces:
    """The results are in the scene, but for the surfaces of the 3D view.

    Attributes:
        problem: why.
    """

    problem: str
