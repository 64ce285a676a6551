"""Services that run no task because they have no image yet."""

from __future__ import annotations

from collections.abc import Iterable

NO_IMAGE_YET = "no image yet"
"""Kind of the remark of ``!start_service`` about a service without an image."""


def no_image_yet(services: Iterable[str]) -> str:
    """Return one line on services without an image, each with its repository."""
    return (
        f"no image yet: {', '.join(services)}: 0 tasks until an image is in the repository; "
        "push it, and launch again"
    )
