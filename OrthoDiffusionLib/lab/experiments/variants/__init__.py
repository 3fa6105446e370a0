"""Which phantoms teach."""
