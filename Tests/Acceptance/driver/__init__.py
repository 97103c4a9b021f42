"""The driver: starts the sandbox and the server, runs the clients, and checks what only an operator sees."""
