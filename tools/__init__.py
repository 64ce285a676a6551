"""Programs that only make runs; none of them is installed."""
