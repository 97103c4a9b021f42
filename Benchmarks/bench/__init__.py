"""What a tools/call costs, beside nginx as a plain reverse proxy over the same upstream."""

import sys
from pathlib import Path

# Ports, folders and patience are those of the acceptance checks.
sys.path.append(str(Path(__file__).resolve().parents[2] / "Tests" / "Acceptance"))
