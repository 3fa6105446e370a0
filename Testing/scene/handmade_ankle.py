"""Results of an ankle made by hand: a few bones and ligaments whose places are known in RAS mm."""

import handmade
import numpy as np

from OrthoDiffusionLib.anatomy import ANKLE, Side
from OrthoDiffusionLib.findings import BundleRecord, Finding, OperatingPoint, Segmentation, StudyRecord
from OrthoDiffusionLib.measurements import measure
from OrthoDiffusionLib.volumes import Volume

BOXES = {
    "tibia": ((0.0, 0.0, 35.0), 12.0),
    "fibula": ((25.0, -8.0, 30.0), 6.0),
    "talus": ((0.0, 0.0, 0.0), 12.0),
    "calcaneus": ((0.0, -12.0, -32.0), 12.0),
    "talar_dome_cartilage": ((0.0, 0.0, 14.0), 1.5),
    "anterior_talofibular_ligament": ((20.0, 12.0, 6.0), 3.0),
    "achilles_tendon": ((0.0, -45.0, 10.0), 4.0),
}
LIGAMENT_RAS = BOXES["anterior_talofibular_ligament"][0]


def labels(geometry):
    """uint8 labels (I, J, K) of the boxes."""
    array = np.zeros(geometry.shape, np.uint8)
    axes = [geometry.to_ras(np.eye(3)[axis] * np.arange(n)[:, None])[:, axis] for axis, n in enumerate(geometry.shape)]
    known = {structure.name: structure.label for structure in ANKLE.structures}
    for name, (centre, half) in BOXES.items():
        inside = [np.abs(values - middle) <= half for values, middle in zip(axes, centre, strict=True)]
        array[np.ix_(*inside)] = known[name]
    return Volume(array, geometry, name="segmentation")


def findings():
    """The four findings of the ankle, one of them likely."""
    places = {"anterior_talofibular_ligament_injury": (0.9, LIGAMENT_RAS)}
    made = []
    for abnormality in ANKLE.abnormalities:
        probability, point = places.get(abnormality.name, (0.1, (0.0, 0.0, 0.0)))
        by_plane = dict.fromkeys(handmade.PLANES, probability)
        heat = handmade.evidence(point)
        made.append(
            Finding(abnormality.name, True, probability, by_plane, point, heat,
                    operating_point=OperatingPoint(0.5, 0.8, 0.9))
        )  # fmt: skip
    return tuple(made)


def parts():
    """What `handmade.analysis` takes for an ankle instead of a knee."""
    segmentation = Segmentation(labels(handmade.grid()), ANKLE.structures)
    return {
        "study": StudyRecord("ankle", Side.RIGHT, "tag", dict(handmade.PLANES)),
        "bundle": BundleRecord("ankle-small", "0.1.0", "cd" * 32),
        "findings": findings(),
        "segmentation": segmentation,
        "measurements": measure(segmentation, ANKLE, Side.RIGHT, slice_steps_mm=dict.fromkeys(handmade.PLANES, 1.0)),
        "notices": (),
    }


def save_array_results(folder):
    """The results as a worker hands them to the panel; returns the folder's path."""
    return handmade.save_array_results(folder, **parts())
