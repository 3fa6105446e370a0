"""Slicer's side of OrthoDiffusion: nodes in, nodes out, one worker process between."""
