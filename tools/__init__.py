"""What only make runs; the product imports nothing from here."""
