"""Which features of a diffusion encoder to read, and how."""
