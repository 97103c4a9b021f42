"""Checks what is in deploy/ without a cloud and without a cluster."""
