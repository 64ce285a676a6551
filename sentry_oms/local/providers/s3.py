"""S3 buckets: ministack deletes them with what they hold, and drops some of their settings."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, Repair, Resource


class Bucket(Repair):
    """``AWS::S3::Bucket``: a bucket that holds objects is not deleted, as on AWS."""

    type = "AWS::S3::Bucket"

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the bucket, then its lifecycle."""
        bucket = self.original.create(place, properties)
        self._apply(bucket.physical_id, {}, properties)
        return bucket

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Change the bucket, then its lifecycle."""
        bucket = self.original.update(place, physical_id, previous, properties)
        self._apply(bucket.physical_id, previous, properties)
        return bucket

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the bucket if it is empty, older versions and delete markers included."""
        held = self.aws.client("s3").list_object_versions(Bucket=physical_id, MaxKeys=1)
        if held.get("Versions") or held.get("DeleteMarkers"):
            raise ValueError("The bucket you tried to delete is not empty")
        self.original.delete(physical_id, properties)

    def _apply(self, bucket: str, previous: Properties, properties: Properties) -> None:
        wanted = properties.get("LifecycleConfiguration")
        if wanted == previous.get("LifecycleConfiguration"):
            return
        s3 = self.aws.client("s3")
        if wanted is None:
            s3.delete_bucket_lifecycle(Bucket=bucket)
        else:
            s3.put_bucket_lifecycle_configuration(
                Bucket=bucket,
                LifecycleConfiguration={"Rules": [rule(one) for one in wanted["Rules"]]},
            )


def rule(properties: Properties) -> dict[str, Any]:
    """A lifecycle rule as the API has it, for the settings that our templates use.

    Raises:
        ValueError: another setting, so that none is dropped unseen.
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
