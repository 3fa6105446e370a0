"""Realism: how far digital knees are from the sample series, in numbers and by a classifier."""
