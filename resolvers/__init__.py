"""YAML tags that compute values, one file a tag.

Sceptre imports every installed tag on every command, before it reads config
(``sceptre.config.reader.ConfigReader._add_yaml_constructors``). So this is the place where the
mended seams of Sceptre are put in.
"""

from sentry_oms import seams

seams.install()
