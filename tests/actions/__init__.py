"""The workflows of GitHub Actions, run here as far as that is honest.

``expression`` evaluates what stands between ``${{`` and ``}}``, ``workflow`` reads the files, and
``runner`` runs jobs: their ``run:`` steps in a shell, and in place of an action what a test gives.
All of it knows what our workflows use and refuses the rest, so that nothing is passed over.
"""
