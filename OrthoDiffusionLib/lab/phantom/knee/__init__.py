"""The digital knee: its anatomy and its diseases."""
