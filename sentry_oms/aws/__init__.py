"""The shared view of AWS, paging, absent resources, repositories, and services."""
