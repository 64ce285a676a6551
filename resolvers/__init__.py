"""YAML tags that compute values, one file each.

Sceptre imports every installed tag on every command, before it reads config
(``sceptre.config.reader.ConfigReader._add_yaml_constructors``). So this import installs the seams.
"""

from sentry_oms import seams

seams.install()
