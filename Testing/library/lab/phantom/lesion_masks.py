"""Where a phantom shows an abnormality, voxel by voxel."""

import numpy as np


def lesion_mask(phantom, abnormality: str) -> np.ndarray:
    """(I, J, K) bool on the phantom's own grid."""
    bit = phantom.tables.abnormality_names.index(abnormality)
    return (phantom.tables.lesion >> bit & 1).astype(bool)[phantom.parts]
