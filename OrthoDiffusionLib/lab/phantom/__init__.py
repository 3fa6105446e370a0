"""The digital joint: anatomy with disease as volumes of parts, and the scanner that images it.

Cohorts are frozen: a seed must give the same voxels for years. So arithmetic that draws them stays own code where a
library's would differ in a last digit, or be slower.
"""
