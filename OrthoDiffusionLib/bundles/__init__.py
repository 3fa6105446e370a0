"""Trained weights with their manifest: opened, verified, written, listed. Loads no torch."""

from OrthoDiffusionLib.bundles.bundle import Bundle, write_bundle
from OrthoDiffusionLib.bundles.catalogue import (
    BUNDLES_VARIABLE,
    BundleEntry,
    available_bundles,
    bundle_folders,
    bundle_path,
    user_bundles_folder,
)
from OrthoDiffusionLib.bundles.installing import bundles_in, install_bundle, is_shipped, remove_bundle
from OrthoDiffusionLib.bundles.manifest import INTENDED_USE, SCHEMA_VERSION, Manifest, ViewSpecification

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
    "bundles_in",
    "install_bundle",
    "is_shipped",
    "remove_bundle",
    "user_bundles_folder",
    "write_bundle",
]
