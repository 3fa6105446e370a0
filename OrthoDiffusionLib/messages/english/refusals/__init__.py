"""What is refused, and what to do about it."""
