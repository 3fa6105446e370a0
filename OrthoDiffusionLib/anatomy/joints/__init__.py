"""One folder for each joint: its structures, abnormalities, sizes and rules."""
