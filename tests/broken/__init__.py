"""Projects with one mistake each, and what finds it."""
