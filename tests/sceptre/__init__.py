"""Sceptre's commands with its own executor and with ours: a difference is listed, or a failure."""
