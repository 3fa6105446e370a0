"""The names a newcomer imports from the library's root."""

from __future__ import annotations

import pytest

import OrthoDiffusionLib


@pytest.mark.parametrize("name", sorted(set(OrthoDiffusionLib.__all__) - {"__version__"}))
def test_every_public_name_can_be_imported(name):
    assert getattr(OrthoDiffusionLib, name).__name__ == name


def test_an_unknown_name_is_an_attribute_error_that_names_it():
    with pytest.raises(AttributeError, match="Dancer"):
        OrthoDiffusionLib.Dancer  # noqa: B018


def test_the_version_is_written_once():
    from importlib.metadata import version

    assert version("orthodiffusion") == OrthoDiffusionLib.__version__
