"""One file a stack: its `STACK` says what the application calls, and what shall come of it."""
