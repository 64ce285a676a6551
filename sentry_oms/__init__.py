"""What the tags of Sentry OMS share, and what Sceptre has no command for."""
