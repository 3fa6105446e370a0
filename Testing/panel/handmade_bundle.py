"""A bundle that is valid and of no use: for what the panel lists, describes, copies and hands on."""

from small_bundle import write as write_small


def write(folder, name="", version="0.1.0", clinical=(), joint="knee"):
    """Write it; returns the Bundle."""
    return write_small(folder, joint, name, version, clinical)
