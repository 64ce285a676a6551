"""S3 buckets: ministack deletes them with their objects, and drops some of their settings."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, Repair, Resource, Update


class Bucket(Repair):
    """``AWS::S3::Bucket``: like AWS, refuse to delete a bucket with objects."""

    type = "AWS::S3::Bucket"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the bucket, then its lifecycle."""
        bucket = self.original.create(place, properties)
        self._apply(Update(place, bucket.physical_id, {}, properties))
        return bucket

    def update(self, update: Update) -> Resource:
        """Change the bucket, then its lifecycle."""
        bucket = self.original.update(update)
        self._apply(update._replace(physical_id=bucket.physical_id))
        return bucket

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the bucket if it is empty, without older versions and delete markers."""
        held = self.aws.client("s3").list_object_versions(Bucket=physical_id, MaxKeys=1)
        if held.get("Versions") or held.get("DeleteMarkers"):
            raise ValueError("The bucket you tried to delete is not empty")
        self.original.delete(physical_id, properties)

    def _apply(self, update: Update) -> None:
        if not update.changes("LifecycleConfiguration"):
            return
        s3 = self.aws.client("s3")
        wanted = update.properties.get("LifecycleConfiguration")
        if wanted is None:
            s3.delete_bucket_lifecycle(Bucket=update.physical_id)
        else:
            s3.put_bucket_lifecycle_configuration(
                Bucket=update.physical_id,
                LifecycleConfiguration={"Rules": [_rule(one) for one in wanted["Rules"]]},
            )


def _rule(properties: Properties) -> dict[str, Any]:
    """Return a lifecycle rule as the API has it, for the settings that our templates use.

    Raises:
        ValueError: an unknown setting, which would otherwise be dropped silently.
    """
    settings = dict(properties)
    found: dict[str, Any] = {
        "ID": settings.pop("Id", "rule"),
        "Status": settings.pop("Status"),
        "Filter": {"Prefix": settings.pop("Prefix", "")},
    }
    if "ExpirationInDays" in settings:
        found["Expiration"] = {"Days": int(settings.pop("ExpirationInDays"))}
    if "AbortIncompleteMultipartUpload" in settings:
        upload = settings.pop("AbortIncompleteMultipartUpload")
        days = {"DaysAfterInitiation": int(upload["DaysAfterInitiation"])}
        found["AbortIncompleteMultipartUpload"] = days
    if settings:
        raise ValueError(f"lifecycle settings that are not kept: {', '.join(settings)}")
    return found
