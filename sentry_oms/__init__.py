"""The shared code of the tags of Sentry OMS, and the commands that Sceptre lacks."""
