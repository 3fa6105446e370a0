"""What the panel shows and asks, without the scene."""
