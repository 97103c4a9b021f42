"""The Debian package on a machine that systemd has booted."""
