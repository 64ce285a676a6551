"""The embedded AWS: ministack in one process, with the types and services that it lacks.

It accepts requests that AWS refuses. So a launch on it proves order, tags, names and data flow, but
not a deployment.
"""
