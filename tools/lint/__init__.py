"""What `make lint` runs: linters, the IAM table, reachability."""
