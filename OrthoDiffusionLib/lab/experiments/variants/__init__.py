"""Which phantoms are best for training."""
