"""One page about many studies: failures first, distributions, thumbnails, a way to each report."""
