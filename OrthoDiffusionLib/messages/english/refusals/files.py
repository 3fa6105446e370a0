"""Why a file is refused."""

from OrthoDiffusionLib.messages.sentence import Sentence

_COPY_OR_EXPORT = "Copy or export it again."
_CHECK_THE_NAME = "Check the name."

FILE_REFUSALS = {
    "recognition.damaged": Sentence(
        "The network that recognises the joint is missing or damaged", "Install OrthoDiffusion again."
    ),
    "file.not_written": Sentence(
        "Cannot write the file: {error}", "Check that the folder exists, may be written to, and has free space."
    ),
    "file.unusable": Sentence(
        "The file or folder cannot be used: {error}",
        "Check its name, that you may read and write it, and that its disk or share is there; then start again.",
    ),
    "file.folder_unreadable": Sentence(
        "The folder cannot be read: {error}",
        "Check that you may read it and that the disk or share is there; what it holds would be missing.",
    ),
    "file.broken_link": Sentence(
        "The link leads to nothing", "Connect the disk or share that it leads to, or delete the link."
    ),
    "file.no_pydicom": Sentence(
        "Reading DICOM needs the Python package pydicom, which is not installed",
        "Install it with: pip install pydicom. NIfTI, NRRD and MetaImage work without it.",
    ),
    "file.no_dicom": Sentence("Not a readable DICOM file"),
    "file.bad_element": Sentence("A header element cannot be read"),
    "file.folder_not_made": Sentence("The folder cannot be made: {error}", "Choose a folder you can write to."),
    "file.ends_early": Sentence("The file ends too early or is damaged", _COPY_OR_EXPORT),
    "file.data_missing": Sentence(
        "The file {file}, which holds the voxels, is missing",
        "Keep both files in the same folder, under the names they were given.",
    ),
    "file.data_too_long": Sentence(
        "The file {file} holds {available:,} bytes of voxels, but its header describes {described:,}",
        "Correct the header (size, type of number, bytes before the voxels), or export the image again.",
    ),
    "file.header_damaged": Sentence("The header is damaged: {field} is {value}", _COPY_OR_EXPORT),
    "file.no_nifti": Sentence("This is not a NIfTI file", "Check what the file really is."),
    "file.no_voxels": Sentence(
        "The file has no voxels in itself (Analyze or a NIfTI pair)", "Convert it to one .nii or .nii.gz file."
    ),
    "file.number_type": Sentence(
        "The file's number type (code {nifti_type}) is not supported",
        "Convert the voxels to 16-bit integers or 32-bit numbers.",
    ),
    "file.colour": Sentence(
        "This is a colour image or has several values in each voxel", "Choose the grey series as the scanner made it."
    ),
    "file.complex": Sentence("The voxels are complex numbers", "Choose the magnitude images."),
    "file.four_dimensions": Sentence(
        "This is a 4D image: {volumes} volumes in one file", "Save the one you want as a file of its own."
    ),
    "file.two_dimensions": Sentence(
        "This is a 2D image ({shape:×} voxels)", "Choose the whole series, not one slice of it."
    ),
    "file.too_many_voxels": Sentence(
        "The image has {count:,} voxels; up to {most:,} can be read",
        "Crop it to the joint or resample it to a coarser grid.",
    ),
    "file.unreadable": Sentence("Cannot read the file: {error}"),
    "file.scaling": Sentence("The file's scaling is damaged: a slope without an intercept", _COPY_OR_EXPORT),
    "file.left_right_differ": Sentence(
        "The file states its position in the patient twice (sform and qform), and left and right differ",
        "Export it again, preferably from the DICOM series; or correct the wrong one of the two.",
    ),
    "file.qform_damaged": Sentence(
        "The file's qform is damaged and gives no direction",
        "Export it again with its orientation, preferably from the DICOM series.",
    ),
    "file.encoding": Sentence(
        "The voxels are stored with {name}, which cannot be read here",
        "Save the file with gzip or uncompressed, e.g. with `unu save -f nrrd -e gzip`.",
    ),
    "file.damaged": Sentence(
        "The file cannot be read: it is damaged, ends too early, or is of another kind than its name says",
        _COPY_OR_EXPORT,
    ),
    "file.unknown_ending": Sentence(
        "The file name does not end like a 3D image's",
        "Unpack an archive, or convert the file; known are {endings:,}, and DICOM files and folders.",
    ),
    "file.empty": Sentence("The file is empty", _COPY_OR_EXPORT),
    "file.volume_not_written": Sentence(
        "Cannot write the file", "Check that the folder exists, may be written to, and has free space."
    ),
    "file.pixel_size": Sentence(
        "The pixel size is not possible: {sizes_mm:× .3g} mm",
        "Export the series again from the scanner or archive, with its pixel spacing in millimetres.",
    ),
    "file.voxel_size": Sentence(
        "The voxel size is not possible: {sizes_mm:× .3g} mm",
        "Export it again with its voxel size in millimetres, preferably from the DICOM series.",
    ),
    "file.no_voxel_size": Sentence(
        "The file does not say how large its voxels are",
        "Export it again with spacing and orientation, preferably from the DICOM series.",
    ),
    "file.not_there_named": Sentence("There is no such file or folder", _CHECK_THE_NAME),
    "file.not_grey": Sentence(
        "Not a 3D grey image: {dimensions} dimensions, {components} values in each voxel",
        "Choose a 3D image with one value in each voxel.",
    ),
    "file.no_dicom_files": Sentence(
        "There are no DICOM files",
        "Choose a folder with the original images of one MR study, as the scanner made them.",
    ),
    "file.no_dicom_volume": Sentence(
        "No volume could be read from the DICOM files: {reasons:;}",
        "Choose a folder with the original images of one MR study, as the scanner made them.",
    ),
    "file.no_dicom_volume_advised": Sentence(
        "No volume could be read from the DICOM files: {reasons:;}", "{remedies:sentences}"
    ),
    "file.is_folder": Sentence("This is a folder, not an image file", _CHECK_THE_NAME),
    "file.missing": Sentence("There is no such file", _CHECK_THE_NAME),
    "file.name_unreadable": Sentence(
        "The name of the file or of a folder above it has characters that cannot be read",
        "Rename it, with plain letters.",
    ),
    "geometry.shape": Sentence(
        "A volume needs three axes of one voxel or more, got shape ({shape:,})", "Choose a 3D image."
    ),
    "geometry.not_finite": Sentence(
        "The position of the volume in the patient is not given by finite numbers",
        "Export the image again with its orientation.",
    ),
    "geometry.last_row": Sentence("The last row of a voxel-to-patient matrix must be 0 0 0 1"),
    "geometry.huge_voxels": Sentence(
        "The voxels are impossibly large: {size:.3g} mm", "Export the image again with spacing and orientation."
    ),
    "geometry.flat": Sentence(
        "The voxel axes do not span three dimensions: a spacing is zero or two axes coincide",
        "Export the image again with spacing and orientation.",
    ),
    "geometry.empty_box": Sentence("The box from [{low:,}] to [{high:,}] mm is empty"),
    "geometry.not_perpendicular": Sentence(
        "The voxel axes are not perpendicular to each other",
        "Resample the image to a grid with perpendicular axes first, or use it as it was acquired.",
    ),
    "geometry.no_overlap": Sentence(
        "The two grids do not overlap in the patient", "Check that both come from the same exam and the same side."
    ),
}
