"""What the package costs, as ratios measured side by side. Reported by `make bench`, never gating."""
