"""The laboratory's commands: each file parses its arguments, calls one library function, and prints."""
