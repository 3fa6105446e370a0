"""The three view encoders: diffusion models of one plane each, read for their features."""

from OrthoDiffusionLib.encoders.feature_pyramid import FeatureLevel, FeaturePyramid, level_affine
from OrthoDiffusionLib.encoders.unet3d import UNet3D
from OrthoDiffusionLib.encoders.view_encoder import ViewEncoder, build_view_encoder

__all__ = ["FeatureLevel", "FeaturePyramid", "UNet3D", "ViewEncoder", "build_view_encoder", "level_affine"]
