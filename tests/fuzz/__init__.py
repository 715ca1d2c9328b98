"""Fuzzing: whatever strangers send, no error and no number that is none."""
