"""The smallest network that the library builds, as a recipe's table; heads need its `width` besides."""

from __future__ import annotations

NETWORK = """\
[network]
kind = "orthodiffusion-1"
channels = [8, 8, 8, 8]
stem_channels = 8
embedding = 8
sigma = 0.1
sigma_data = 0.5
"""
