"""What judges the rendered project and is not installed with it."""
