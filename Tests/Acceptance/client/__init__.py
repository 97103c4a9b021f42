"""What runs inside a virtual environment: one published MCP client, driven through all five tools."""
