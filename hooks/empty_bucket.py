"""``!empty_bucket``: delete the objects of a bucket before its stack is deleted.

Example::

    hooks:
      before_delete:
        - !empty_bucket {resource: ArtifactBucket, enabled: true}

CloudFormation does not delete a bucket that has objects: the stack would be DELETE_FAILED. In prod,
``enabled`` is false, because buckets are retained.

Source: https://docs.aws.amazon.com/AmazonS3/latest/API/API_DeleteObjects.html
"""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field
from sceptre.exceptions import SceptreException
from sceptre.hooks import Hook

from sentry_oms.arguments import parse, tag_name
from sentry_oms.aws.absence import none_if_absent


class BucketNotEmptied(SceptreException):
    """Raised if S3 refused to delete objects."""


class Argument(BaseModel):
    """Argument of the tag."""

    model_config = ConfigDict(extra="forbid")

    resource: str = Field(pattern=r"^[A-Za-z0-9]+$", description="the bucket's logical ID")
    enabled: bool


class EmptyBucket(Hook):
    """Delete every version and delete marker, if the bucket exists."""

    model = Argument

    def run(self) -> None:
        """Make two calls for each 1,000 versions."""
        wanted = parse(self.model, self)
        bucket = self._bucket(wanted.resource) if wanted.enabled else None
        if bucket is None:
            return
        while True:
            page = none_if_absent(
                lambda: self._s3("list_object_versions", Bucket=bucket), "NoSuchBucket"
            )
            if page is None:
                return
            held = [
                {"Key": one["Key"], "VersionId": one["VersionId"]}
                for one in (*page.get("Versions", []), *page.get("DeleteMarkers", []))
            ]
            if not held:
                return
            self.logger.info("Deleting %s object(s) from %s", len(held), bucket)
            self._delete(bucket, held)

    def _delete(self, bucket: str, held: list[dict[str, str]]) -> None:
        response = self._s3("delete_objects", Bucket=bucket, Delete={"Objects": held})
        errors = response.get("Errors", [])
        if errors:
            raise BucketNotEmptied(
                f"{self.stack.name}: {tag_name(self)} S3 refused to delete {len(errors)} object(s) "
                f"from {bucket}, the first being '{errors[0]['Key']}': {errors[0]['Message']}"
            )

    def _bucket(self, resource: str) -> str | None:
        # The stack, or the resource, may not exist any more.
        response = none_if_absent(
            lambda: self.stack.connection_manager.call(
                service="cloudformation",
                command="describe_stack_resource",
                kwargs={"StackName": self.stack.external_name, "LogicalResourceId": resource},
            ),
            "ValidationError",
        )
        detail = response["StackResourceDetail"] if response else {}
        return detail.get("PhysicalResourceId") or None

    def _s3(self, command: str, **kwargs: Any) -> Any:
        return self.stack.connection_manager.call(service="s3", command=command, kwargs=kwargs)
