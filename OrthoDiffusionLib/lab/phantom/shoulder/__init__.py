"""The digital shoulder."""
