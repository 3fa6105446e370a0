"""SimpleITK, loaded when it is first used: it takes 0.4 s, and Slicer loads our module at each of its starts.

Use it as ``from . import itk as sitk``.
"""

from __future__ import annotations

from typing import Any


def __getattr__(name: str) -> Any:
    import SimpleITK

    return getattr(SimpleITK, name)
