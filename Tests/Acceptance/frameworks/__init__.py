"""The five tools in the hands of agent frameworks, which make tools of their own of a server's schemas."""
