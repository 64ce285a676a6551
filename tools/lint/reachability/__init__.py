"""Who can open a connection to whom, computed from the groups and routes that are deployed."""
