"""Other packages log and warn of what they send and receive, patients' names and all; here they are silent."""

from __future__ import annotations

import logging
import warnings

_TALKATIVE = ("pynetdicom", "dicomweb_client", "urllib3", "requests", "retrying", "pydicom", "keyring")


def silence_packages() -> None:
    """Keep the packages that speak to archives from logging and warning, whatever the program is set to.

    What goes wrong is said by our own errors. `pydicom` quotes unusual values, and what it takes for one may be half a
    data set. For the whole process and for good: `warnings.catch_warnings` is of no use among several threads.
    """
    for name in _TALKATIVE:
        warnings.filterwarnings("ignore", module=rf"{name}(\.|$)")
    for name in list(logging.root.manager.loggerDict):
        if name.partition(".")[0] in _TALKATIVE:
            logging.getLogger(name).disabled = True
    for name in _TALKATIVE:
        logger = logging.getLogger(name)
        logger.disabled = True
        logger.propagate = False
        logger.setLevel(logging.CRITICAL + 1)
