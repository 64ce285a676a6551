"""How long commands take with our executor and with stock Sceptre's, and the least possible.

``make bench`` runs everything; it is not part of what is installed.
"""
