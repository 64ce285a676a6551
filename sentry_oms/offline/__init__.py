"""The model of the project as config gives it, without AWS."""
