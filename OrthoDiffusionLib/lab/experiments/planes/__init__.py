"""What each plane adds."""
