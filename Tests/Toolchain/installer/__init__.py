"""What Scripts/install-swift.sh and its callers do, against a stand-in for download.swift.org with keys of its own."""
