"""The embedded AWS: ministack in one process, with what our templates use and it lacks.

It accepts things that AWS refuses, so a launch on it proves order, tags, names and data flow.
It is no proof of a deployment.
"""
