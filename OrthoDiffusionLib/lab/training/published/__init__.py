"""Weights that the authors of the original published, read into a bundle of this project."""
