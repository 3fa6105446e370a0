"""Many studies: what was named becomes cases, each is analysed once, every result is recorded by one process."""
