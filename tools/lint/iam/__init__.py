"""Least privilege as a table: the calls that each role must be allowed, and must be refused.

``table.yaml`` and ``github.yaml`` hold it, ``policies`` reads the deployed policies, and
``simulator`` evaluates the calls.
"""
