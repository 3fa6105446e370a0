"""From what a user names to a list of cases and a list of what is not used; headers are read, pixels are not."""
