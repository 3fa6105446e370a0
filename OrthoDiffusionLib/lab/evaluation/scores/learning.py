"""Models of scikit-learn: the one place that asks for it."""

from __future__ import annotations

from types import ModuleType

from OrthoDiffusionLib.errors import OrthoDiffusionError


def linear_models(what: str) -> ModuleType:
    """`sklearn.linear_model`.

    Args:
        what: needs it, for the error.

    Raises:
        OrthoDiffusionError: if scikit-learn is missing.
    """
    try:
        from sklearn import linear_model
    except ImportError as error:
        raise OrthoDiffusionError(
            f"For {what} scikit-learn is needed, which is not installed",
            remedy="Install it with: pip install 'orthodiffusion[figures]'",
        ) from error
    return linear_model
