"""Time and API calls of commands, with this project's executor and with stock Sceptre's."""
