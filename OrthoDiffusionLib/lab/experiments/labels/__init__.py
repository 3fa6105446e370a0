"""How many labels pretraining saves."""
