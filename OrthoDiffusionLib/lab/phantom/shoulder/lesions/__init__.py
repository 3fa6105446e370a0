"""The diseases of a digital shoulder, and what looks like them and is none."""
