"""The toy joint, registered for one test as a real one is for good."""

import pytest

from OrthoDiffusionLib.lab.phantom.phantom import BUILDERS


@pytest.fixture
def toy(monkeypatch):
    """The name of the toy joint, which is among the digital joints while the test runs."""
    from joints.toy_joint import TOY

    monkeypatch.setitem(BUILDERS, "toy", TOY)
    return "toy"
