"""`python -m gridpact.cli`, which is how the command starts its own child processes."""

import sys

from gridpact.cli.main import main

sys.exit(main())
