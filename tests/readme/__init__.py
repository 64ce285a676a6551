"""README as a newcomer follows it: its steps, a machine to take them on, and what is printed."""
