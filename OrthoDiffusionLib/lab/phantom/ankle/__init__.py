"""The digital ankle."""
