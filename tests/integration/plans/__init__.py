"""What is called of each SDK, one file an SDK, named after its entry point: found, not listed."""
