"""Volumes in files: NIfTI, NRRD, MetaImage, one reader for each; study folders; outlines."""
