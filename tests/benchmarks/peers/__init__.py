"""What others' packages for the same applications cost, beside ours. Run by `make bench-peers`, in an environment of its own."""
