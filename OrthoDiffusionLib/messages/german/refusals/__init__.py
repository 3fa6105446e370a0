"""What is refused, in German."""
