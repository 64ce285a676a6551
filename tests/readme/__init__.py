"""README as a newcomer follows it: its steps, and a machine to take them on."""
