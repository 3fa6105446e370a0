"""What people made of a bundle's outlines: how far from the prediction, and as cases that a bundle learns from."""
