"""The networks of a bundle, loaded once in a process, when they are first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from OrthoDiffusionLib.batch.settings import BatchSettings
from OrthoDiffusionLib.bundles import Bundle
from OrthoDiffusionLib.errors import BundleError
from OrthoDiffusionLib.messages import Message

if TYPE_CHECKING:
    from OrthoDiffusionLib.analysis.analyzer import Analyzer


class Networks:
    """Gives the Analyzer of a bundle.

    Args:
        bundle: verified.
        make: builds the Analyzer.
    """

    def __init__(self, bundle: Bundle, make: Callable[[], Analyzer]) -> None:
        self.bundle, self.joint = bundle, bundle.manifest.as_joint()
        self._make, self._made = make, None  # type: Callable[[], Analyzer], Analyzer | None
        self._lock = threading.Lock()

    def analyzer(self) -> Analyzer:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made


def networks_of(settings: BatchSettings, *, device: str | None = None) -> Networks:
    """The networks that the settings of a batch name, of the very bundle that it began with.

    Raises:
        BundleError: if the bundle is damaged, or another one than when the batch began.
    """
    from OrthoDiffusionLib.analysis.analysis_run import open_analyzer

    settings = settings if device is None else replace(settings, device=device)
    bundle = Bundle.open(settings.bundle)
    if bundle.sha256 != settings.sha256:
        raise BundleError(Message("batch", "bundle_changed"), where=str(settings.bundle))
    return Networks(bundle, lambda: open_analyzer(bundle, device=settings.device, precision=settings.precision))


def use_threads(count: int) -> None:
    """Let torch compute with so many threads in this process; 0 leaves its own number."""
    import torch

    if count:
        torch.set_num_threads(count)
