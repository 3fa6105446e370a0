"""What was noticed while image files were read."""

from OrthoDiffusionLib.messages.sentence import Sentence

_WITH_ORIENTATION = "Export it again with its orientation, preferably from the DICOM series."
_CHECK_PLANES = "Check the planes, left and right; or export it again, preferably from the DICOM series."
_TWICE = (
    "The file states its position in the patient twice, and its sform and qform differ by up to {apart_mm:.0f} mm; the "
)

FILES = {
    "unreadable_file": Sentence("{problem}", "{remedy}"),
    "file_not_read": Sentence(
        "Files of unsupported formats were left out: {files:of {count}}",
        "Unpack or convert them to NIfTI, NRRD or DICOM, if they belong to the study.",
    ),
    "file_not_read.picture": Sentence("Picture files are not volumes: {files:of {count}}"),
    "results_left_out": Sentence("The folder holds the results of an earlier analysis and was left out"),
    "sform_qform_disagree.qform_damaged": Sentence("{problem}; the sform is used", _CHECK_PLANES),
    "sform_qform_disagree.sform_default": Sentence(
        _TWICE + "qform is used, as the sform is a program's default", _CHECK_PLANES
    ),
    "sform_qform_disagree.qform_default": Sentence(
        _TWICE + "sform is used, as the qform is a program's default", _CHECK_PLANES
    ),
    "sform_qform_disagree.sform_voxel_size": Sentence(
        _TWICE + "qform is used, as the sform does not fit the voxel size", _CHECK_PLANES
    ),
    "sform_qform_disagree.sform_sheared": Sentence(
        _TWICE + "qform is used, as the axes of the sform are not perpendicular", _CHECK_PLANES
    ),
    "sform_qform_disagree.sform_template": Sentence(
        _TWICE + "qform is used, as the sform is that of a template", _CHECK_PLANES
    ),
    "sform_qform_disagree.qform_template": Sentence(
        _TWICE + "sform is used, as the qform is that of a template", _CHECK_PLANES
    ),
    "sform_qform_disagree.as_itk": Sentence(
        _TWICE + "qform is used, as ITK and 3D Slicer read this one", _CHECK_PLANES
    ),
    "template_space": Sentence(
        "The image is in the space of a template, not of the patient: lengths and volumes may be wrong",
        "Use the original image, before its registration to the template.",
    ),
    "no_orientation": Sentence(
        "The file does not state its orientation in the patient; planes, left and right may be wrong", _WITH_ORIENTATION
    ),
    "orientation_unknown.nifti_code": Sentence(
        "The file does not name the patient's axes (code {nifti_code}, which has no meaning); planes, left and right "
        "may be wrong",
        _WITH_ORIENTATION,
    ),
    "orientation_unknown.nrrd_space": Sentence(
        "The file does not name the patient's axes (its space is ‘{space}’); planes, left and right may be wrong",
        _WITH_ORIENTATION,
    ),
    "orientation_unknown.no_nrrd_space": Sentence(
        "The file does not name the patient's axes (its space has no name); planes, left and right may be wrong",
        _WITH_ORIENTATION,
    ),
    "orientation_disagrees": Sentence(
        "The header's TransformMatrix and AnatomicalOrientation ({letters}) name different axes; the matrix is used, "
        "as in ITK and 3D Slicer",
        "Check the planes, left and right.",
    ),
    "no_position": Sentence(
        "The file does not state its position in the patient; planes may not fit together",
        "Export it again with its position, preferably from the DICOM series.",
    ),
    "voxel_size_unit": Sentence(
        "Voxels of {sizes:× .3g} {declared!w} are not possible; the sizes are taken as {taken!w}",
        "Check the sizes; or export it again, preferably from the DICOM series.",
    ),
    "padding": Sentence("{share:.0%} of the voxels are padding, not signal; they are taken as background"),
    "padding.little": Sentence("Less than 1% of the voxels are padding, not signal; they are taken as background"),
}
