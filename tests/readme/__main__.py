"""``python -m tests.readme`` follows README, and writes the session of it anew."""

from __future__ import annotations

import tempfile
from pathlib import Path

from tests.readme.follow import PAGES, followed
from tests.readme.session import session, written_into


def main() -> None:
    """Write the session into README in each language."""
    with tempfile.TemporaryDirectory() as directory:
        text = session(followed(Path(directory)))
    for page in PAGES:
        page.write_text(written_into(page.read_text(), text))


if __name__ == "__main__":
    main()
