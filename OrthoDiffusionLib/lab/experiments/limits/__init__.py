"""What limits the outlines of a bundle."""
