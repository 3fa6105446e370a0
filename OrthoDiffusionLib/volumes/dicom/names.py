"""Names of volumes that come from DICOM: the series description, and what distinguishes stacks of one series."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

from OrthoDiffusionLib.volumes.dicom.slices import DicomSlice
from OrthoDiffusionLib.volumes.dicom.stacks import REPETITIONS, Stack
from OrthoDiffusionLib.volumes.volume import Volume


def series_title(one: DicomSlice) -> str:
    """Series number and description, as far as known, to say where something was noticed."""
    number = "" if one.series_number is None else f"series {one.series_number}"
    if one.title:
        return f"{number} {one.title}".strip() if number else one.title
    return number or "unnamed series"


def with_unique_names(volumes: list[tuple[Volume, Stack]]) -> list[tuple[Volume, Stack]]:
    """Name each volume after what its stack shows, then by series, at last by a number."""
    named = _by_echo([(replace(volume, name=_name(volume, stack)), stack) for volume, stack in volumes])
    counts = Counter(volume.name for volume, _ in named)
    renamed: list[tuple[Volume, Stack]] = []
    for volume, stack in named:
        if counts[volume.name] > 1:
            twins = [other for other, _ in named if other.name == volume.name]
            numbers = [other.origin.series_number for other in twins]
            if None not in numbers and len(set(numbers)) == len(numbers):
                volume_name = f"{volume.name} (series {volume.origin.series_number})"
            else:
                seen = sum(other.name.startswith(f"{volume.name} (") for other, _ in renamed)
                volume_name = f"{volume.name} ({seen + 1})"
            volume = replace(volume, name=volume_name)
        renamed.append((volume, stack))
    return renamed


def _name(volume: Volume, stack: Stack) -> str:
    """The title, with what distinguishes this stack from others at its place in brackets."""
    first, labels = stack.first, []
    if "picture" in stack.traits:
        labels.append(first.picture.value)
    if "echo" in stack.traits and len(stack.traits) > 1 and first.echo_ms is not None:
        labels.append(f"TE {first.echo_ms:.1f} ms")
    for name, words in (("b_value", "b {:g}"), ("inversion", "TI {:g} ms"), ("flip", "{:g}°")):
        value = stack.traits.get(name)
        if isinstance(value, float):
            labels.append(words.format(value))
    if "image_type" in stack.traits:
        labels.append(" ".join(first.image_type[2:]).lower() or "no image type")
    if stack.traits.keys() & set(REPETITIONS) and len(stack.slices) < stack.positions:
        labels.append(f"{len(stack.slices)} of {stack.positions} slices")
    return f"{volume.name} [{', '.join(labels)}]" if labels else volume.name


def _by_echo(volumes: list[tuple[Volume, Stack]]) -> list[tuple[Volume, Stack]]:
    """Stacks of one name that differ by their echo are called after it."""
    counts = Counter((volume.name, stack.family) for volume, stack in volumes)
    number: Counter[tuple[str, int]] = Counter()
    named = []
    for volume, stack in volumes:
        key = (volume.name, stack.family)
        if counts[key] > 1:
            echoes = [other.echo_time_ms for other, twin in volumes if (other.name, twin.family) == key]
            number[key] += 1
            if None not in echoes and len(set(echoes)) == len(echoes):
                volume = replace(volume, name=f"{volume.name}, echo {number[key]} (TE {volume.echo_time_ms:.1f} ms)")
        named.append((volume, stack))
    return named
