"""Volumes in files: NIfTI, NRRD, MetaImage, one door for each; study folders; outlines."""
