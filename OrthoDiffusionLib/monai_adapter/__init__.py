"""MONAI's two doors to the same analysis: a MONAI Bundle, and a server of MONAI Label."""
