"""ByPlane: one module of a kind for each plane."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Generic, TypeVar, cast

from torch import nn

from OrthoDiffusionLib.volumes import Plane

Part = TypeVar("Part", bound=nn.Module)


class ByPlane(nn.ModuleDict, Generic[Part]):
    """One module of a kind for each plane; in a state dictionary it is a ModuleDict with the planes' words as keys."""

    def __init__(self, parts: Mapping[Plane, Part]) -> None:
        super().__init__({plane.value: part for plane, part in parts.items()})

    def of(self, plane: Plane) -> Part:
        """A plane's."""
        return cast(Part, self[plane.value])  # a ModuleDict keeps no types

    def each(self) -> list[tuple[Plane, Part]]:
        """All of them, with their planes."""
        return [(Plane(name), self.of(Plane(name))) for name in self]
