"""The worker process: how it is started, asked, watched and ended."""
