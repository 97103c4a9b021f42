"""The commands: `faults`, `soak` and `isolation`."""

import sys

from reliability import faults, isolation, soak

COMMANDS = {"faults": faults.main, "soak": soak.main, "isolation": isolation.main}

if __name__ == "__main__":
    if len(sys.argv) < 2 or sys.argv[1] not in COMMANDS:
        sys.exit(f"usage: python3 -m reliability {'|'.join(COMMANDS)} [...]")
    sys.exit(COMMANDS[sys.argv[1]](sys.argv[2:]))
