"""Trained weights with their manifest: opened, verified, written, listed. Loads no torch."""

from .bundle import Bundle, write_bundle
from .catalogue import BUNDLES_VARIABLE, BundleEntry, available_bundles, bundle_folders, bundle_path
from .manifest import INTENDED_USE, SCHEMA_VERSION, Manifest, ViewSpecification

__all__ = [
    "BUNDLES_VARIABLE",
    "INTENDED_USE",
    "SCHEMA_VERSION",
    "Bundle",
    "BundleEntry",
    "Manifest",
    "ViewSpecification",
    "available_bundles",
    "bundle_folders",
    "bundle_path",
    "write_bundle",
]
