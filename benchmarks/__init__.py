"""How long commands take over many stacks: ours, stock Sceptre's, and the least that is possible.

``make bench`` runs everything; it is not part of what is installed.
"""
