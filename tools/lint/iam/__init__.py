"""Least privilege as a table: what each role must be allowed, and what it must be refused.

``table.yaml`` and ``github.yaml`` say it, ``policies`` reads what is deployed, ``simulator`` judges
the one by the other, ``widening`` and ``narrowing`` show that the table would notice, and
``really_called`` calls the SQS rows.
"""
