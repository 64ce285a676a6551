"""AWS as this process sees it: the shared view, paging, absence, repositories, services."""
