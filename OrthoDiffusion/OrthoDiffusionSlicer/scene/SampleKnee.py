"""The sample exam in Slicer's Sample Data module; its files come with the extension, nothing is downloaded."""

import os

from slicer.i18n import tr as _

from OrthoDiffusionLib.resources import resource_path

CATEGORY = "OrthoDiffusion"
NAME = "KneeThreePlanes"

# file, node name, which says the joint as a description would, SHA-256
SERIES = (
    ("S09_sag_fs.nii.gz", "knee_sag_fs", "b4230da3678c66747d18aaa0220d17687ce36469871f65a34af550c915dae6aa"),
    ("S12_cor_fs.nii.gz", "knee_cor_fs", "c9cc0fc1a05afcb4e2fbe368433850861601ccb4a35c7b38f4badf3a93af5175"),
    ("S04_ax_fs.nii.gz", "knee_ax_fs", "f50e49dc64a3545134eb7793159b96b76d575b73572068a594a259a69d15e395"),
)


def register(iconsFolder):
    """Add the exam to the Sample Data module, if that is there and its files came with this installation."""
    try:
        import SampleData
    except ImportError:  # its user has switched that module off
        return
    paths = [pathOf(name) for name, _node, _sum in SERIES]
    if not all(path.is_file() for path in paths):
        return
    logic = SampleData.SampleDataLogic
    if hasattr(logic, "registerCustomSampleDataCategory"):  # Slicer 5.12 and later
        logic.registerCustomSampleDataCategory(CATEGORY, title=_("OrthoDiffusion"))
    logic.registerCustomSampleDataSource(
        category=CATEGORY,
        sampleName=NAME,
        uris=[path.as_uri() for path in paths],
        fileNames=[name for name, _node, _sum in SERIES],
        nodeNames=[node for _name, node, _sum in SERIES],
        checksums=[f"SHA256:{checksum}" for _name, _node, checksum in SERIES],
        loadFileTypes=["VolumeFile"] * len(SERIES),
        thumbnailFileName=os.path.join(iconsFolder, f"{NAME}.png"),
    )


def pathOf(name):
    """Where one file of the exam lies."""
    return resource_path("SampleData", "knee_exam", name)
