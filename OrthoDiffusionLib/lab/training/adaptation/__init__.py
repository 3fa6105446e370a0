"""Adaptation of a bundle to a site without labels: the planes of a study teach each other."""
