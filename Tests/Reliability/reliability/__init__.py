"""What the server does when things break: the fault report, the soak and the proof of isolation."""
