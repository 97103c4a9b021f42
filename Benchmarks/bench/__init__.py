"""What a tools/call costs, beside nginx as a plain reverse proxy over the same upstream."""
