"""README, followed step by step on a machine of its own."""
