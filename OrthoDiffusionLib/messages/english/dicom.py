"""What was noticed while DICOM files were read."""

from OrthoDiffusionLib.messages.sentence import Sentence

_AGAIN = "Export the whole series again."
_ONE_VISIT = "Check that all series are of the same joint and visit."
_UNEVEN = "The slices are {least_mm:.1f} to {most_mm:.1f} mm apart and were put on even steps of {step_mm:.1f} mm"
_FAR_APART = "Between slices that are far apart, details may be missed."

DICOM = {
    "missing_file": Sentence(
        "{count:One file that the list names is|{count} files of the list are} not there: {missing:of {count}}",
        "Copy the whole medium, with all its folders.",
    ),
    "foreign_file": Sentence(
        "{count:One file is not DICOM and was left out|{count} files are not DICOM and were left out}"
    ),
    "damaged_file": Sentence(
        "{count:One file is damaged and was left out|{count} files are damaged and were left out}",
        "Copy or export the series again.",
    ),
    "no_volume_file": Sentence(
        "{count:One file is {kind!w} and was left out|{count} files are each {kind!w} and were left out}", "{advice}"
    ),
    "no_volume_file.raw_data": Sentence(
        "{count:One file is raw data and was left out|{count} files are raw data and were left out}"
    ),
    "no_volume_file.no_image": Sentence(
        "{count:One file is not an image and was left out|{count} files are not images and were left out}"
    ),
    "no_volume_file.frames": Sentence(
        "{count:One file holds several frames without positions and was left out|"
        "{count} files hold several frames without positions and were left out}",
        "{advice}",
    ),
    "no_volume_file.beside_mr": Sentence(
        "{count:One file is {modality!w} ({modality}) beside MR images and was left out|"
        "{count} files are {modality!w} ({modality}) beside MR images and were left out}"
    ),
    "no_volume_file.unknown_beside_mr": Sentence(
        "{count:One file is of another modality ({modality}) beside MR images and was left out|"
        "{count} files are of another modality ({modality}) beside MR images and were left out}"
    ),
    "no_volume_file.unnamed_beside_mr": Sentence(
        "{count:One file is of another modality beside MR images and was left out|"
        "{count} files are of another modality beside MR images and were left out}"
    ),
    "no_volume_file.capture_beside_mr": Sentence(
        "{count:One file is a secondary capture beside MR images and was left out|"
        "{count} files are each a secondary capture beside MR images and were left out}"
    ),
    "advice.originals": Sentence(
        "Export the original MR images: screenshots and secondary captures do not say where they lie."
    ),
    "advice.own_images": Sentence("Export each slice as an image of its own."),
    "duplicate_slices": Sentence(
        "{count:One slice lies|{count} slices lie} where another one already lies; the first was kept"
    ),
    "duplicate_slices.many": Sentence(
        "{count:One slice lies|{count} slices lie} where another one already lies; the first was kept",
        "Nothing in the files tells these slices apart. Check the result against the images.",
    ),
    "few_slices.single": Sentence(
        "{count:One single slice without neighbours was left out|"
        "{count} single slices without neighbours were left out}",
        "If you gave one file of a series, give its folder instead.",
    ),
    "same_position": Sentence(
        "All {slices} slices lie at one and the same place, so that no volume can be built",
        "If they are one slice over time, choose another series. Else the positions were lost: export the series again "
        "from the scanner or archive.",
    ),
    "compressed": Sentence(
        "The pixels of {files} files are compressed ({compression}) and no decoder for that is installed",
        "Install pylibjpeg with its plug-ins (pip install 'pylibjpeg[all]'), or export the series uncompressed.",
    ),
    "huge": Sentence("The stack is too large to be read"),
    "sheared": Sentence(
        "The slices are not stacked square to their plane; not used",
        "Choose another series, or reformat this one square to its plane.",
    ),
    "padding.around": Sentence(
        "{share:.0%} of the voxels are padding around the image, not signal; they are read as air",
        "Nothing is assessed there.",
    ),
    "uneven_slices.gaps": Sentence("The stack has gaps of up to {widest_mm:.0f} mm and was parted there", _AGAIN),
    "uneven_slices.gaps_and_single": Sentence(
        "The stack has gaps of up to {widest_mm:.0f} mm and was parted there; "
        "{single:one single slice|{single} single slices} could not be used",
        _AGAIN,
    ),
    "uneven_slices.missing": Sentence(
        "{missing} of {slices} slices are missing and were filled from their neighbours", _AGAIN
    ),
    "uneven_slices.steps": Sentence(_UNEVEN, _FAR_APART),
    "uneven_slices.too_near": Sentence(
        _UNEVEN + "; {near} of {slices} slices lie too near to others to be kept apart", _FAR_APART
    ),
    "repeated_acquisition": Sentence(
        "The acquisition was repeated: ‘{name}’ has {slices} slices, ‘{whole}’ has {whole_slices}; the one with all "
        "slices goes first"
    ),
    "series_joined": Sentence(
        "{slices} slices have a series identifier each; they were put together as one series, as all else agrees",
        "Software that removes names may have done this. Compare with the original images.",
    ),
    "frame_of_reference.in_series": Sentence(
        "The slices of one series have {frames} frames of reference and were parted by them",
        "Check that each of the volumes is whole.",
    ),
    "several_studies.patients_read": Sentence("The files belong to {count} patients", _ONE_VISIT),
    "several_studies.studies_read": Sentence("The files belong to {count} studies", _ONE_VISIT),
}
