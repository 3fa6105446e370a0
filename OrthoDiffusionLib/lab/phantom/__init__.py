"""The digital joint: anatomy with disease as volumes of parts, and the scanner that images it."""
