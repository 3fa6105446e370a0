"""Realism: how far digital knees are from the real series that come along, in numbers and by a classifier."""
