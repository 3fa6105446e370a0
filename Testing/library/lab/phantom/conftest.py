"""The toy joint, registered for one test as a real one is for good."""

import sys
from pathlib import Path

import pytest

from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS

HERE = str(Path(__file__).parent)
if HERE not in sys.path:
    sys.path.insert(0, HERE)


@pytest.fixture
def toy(monkeypatch):
    """The name of the toy joint, which is among the digital joints while the test runs."""
    from toy_joint import TOY

    monkeypatch.setitem(BUILDERS, "toy", TOY)
    return "toy"
