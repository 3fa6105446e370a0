"""`python -m OrthoDiffusionLib ...` is the command `orthodiffusion ...`."""

import sys

from OrthoDiffusionLib.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
