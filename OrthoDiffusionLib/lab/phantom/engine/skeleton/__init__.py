"""Bones as surfaces that correspond point to point, and the cartilage between them."""
