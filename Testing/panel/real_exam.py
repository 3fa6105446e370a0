"""The sample exam in the scene, for the panel's pictures and figures.

Nobody qualified has read the exam: what is drawn with it shows a panel and the model's words, not their truth.
"""

import numpy as np
from nodes import add_volume

from OrthoDiffusionLib.analysis.study_inputs import read_study
from OrthoDiffusionLib.resources import resource_path

JOINT_LINE_RAS = (0.0, 0.0, 0.0)  # mm; its world's origin is the middle of the sagittal series


def add_exam(scene):
    """Its three series as volume nodes of a scene, in their own order of slices; plane key -> node."""
    study = read_study([resource_path("SampleData", "knee_exam")])
    return {
        plane.value: add_volume(
            scene,
            f"knee {volume.name}",  # so that the panel need not ask which joint it is
            affine=volume.geometry.affine,
            array=np.ascontiguousarray(volume.array.transpose(2, 1, 0)),
        )
        for plane, volume in study.planes.items()
    }
