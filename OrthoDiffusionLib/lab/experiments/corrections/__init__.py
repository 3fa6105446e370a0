"""What ten corrected cases teach a bundle."""
