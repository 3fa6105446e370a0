"""The three view encoders: diffusion models of one plane each, read for their features."""

from OrthoDiffusionLib.encoders.by_plane import ByPlane
from OrthoDiffusionLib.encoders.detail_net import DETAIL_RATIO, DetailNet
from OrthoDiffusionLib.encoders.feature_pyramid import DetailWindow, FeatureLevel, FeaturePyramid, level_affine
from OrthoDiffusionLib.encoders.unet3d import UNet3D
from OrthoDiffusionLib.encoders.view_encoder import (
    DEFAULT_KIND,
    NETWORKS,
    NOISE_CONVENTIONS,
    PUBLISHED_KIND,
    ViewEncoder,
    ViewNetwork,
    build_view_encoder,
)

__all__ = [
    "DEFAULT_KIND",
    "DETAIL_RATIO",
    "NETWORKS",
    "NOISE_CONVENTIONS",
    "PUBLISHED_KIND",
    "ByPlane",
    "DetailNet",
    "DetailWindow",
    "FeatureLevel",
    "FeaturePyramid",
    "UNet3D",
    "ViewEncoder",
    "ViewNetwork",
    "build_view_encoder",
    "level_affine",
]
