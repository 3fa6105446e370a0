"""The command `orthodiffusion`: each file parses its arguments, calls one library function, and prints."""
