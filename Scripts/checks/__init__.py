"""Checks of the source tree that no compiler makes; `python3 -m checks` from Scripts runs them all."""
