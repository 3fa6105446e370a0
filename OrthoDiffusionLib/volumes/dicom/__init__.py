"""DICOM: from loose files to complete stacks, by one rule for splitting; and writing."""
