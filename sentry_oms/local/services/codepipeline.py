"""CodePipeline: keeps pipelines, and runs none."""

from __future__ import annotations

import time
from typing import Any

from sentry_oms.local.services.service import Reply, Request, Service, ServiceError


class CodePipeline(Service):
    """Pipelines by name.

    Source: https://docs.aws.amazon.com/codepipeline/latest/APIReference/Welcome.html
    """

    name = "codepipeline"

    def create_pipeline(self, request: Request) -> Reply:
        """Create the first version of a pipeline."""
        pipeline = request["pipeline"]
        name, now = pipeline["name"], time.time()
        if name in self.state["pipelines"]:
            message = f"A pipeline with the name '{name}' already exists"
            raise ServiceError("PipelineNameInUseException", message)
        pipeline = {**pipeline, "version": 1}
        tags = request.get("tags", [])
        kept = {"pipeline": pipeline, "tags": tags, "created": now, "updated": now}
        self.state["pipelines"][name] = kept
        return {"pipeline": pipeline, "tags": tags}

    def update_pipeline(self, request: Request) -> Reply:
        """Create the next version of a pipeline."""
        kept = self._found(request["pipeline"]["name"])
        version = kept["pipeline"]["version"] + 1
        kept.update(pipeline={**request["pipeline"], "version": version}, updated=time.time())
        return {"pipeline": kept["pipeline"]}

    def get_pipeline(self, request: Request) -> Reply:
        """Return a pipeline's structure and metadata."""
        kept = self._found(request["name"])
        metadata = {
            "pipelineArn": self.identity.arn("codepipeline", request["name"]),
            "created": kept["created"],
            "updated": kept["updated"],
        }
        return {"pipeline": kept["pipeline"], "metadata": metadata}

    def list_pipelines(self, request: Request) -> Reply:
        """Return every pipeline, sorted by name."""
        return {
            "pipelines": [
                {"name": name, "version": kept["pipeline"]["version"]}
                for name, kept in sorted(self.state["pipelines"].items())
            ]
        }

    def delete_pipeline(self, request: Request) -> Reply:
        """Delete a pipeline; like AWS, accept one that does not exist."""
        self.state["pipelines"].pop(request["name"], None)
        return {}

    def list_tags_for_resource(self, request: Request) -> Reply:
        """Return a pipeline's tags."""
        return {"tags": self._found_by_arn(request["resourceArn"])["tags"]}

    def tag_resource(self, request: Request) -> Reply:
        """Add tags to a pipeline, or change them."""
        kept = self._found_by_arn(request["resourceArn"])
        given = {tag["key"] for tag in request["tags"]}
        kept["tags"] = [tag for tag in kept["tags"] if tag["key"] not in given] + request["tags"]
        return {}

    def untag_resource(self, request: Request) -> Reply:
        """Remove tags from a pipeline."""
        kept = self._found_by_arn(request["resourceArn"])
        kept["tags"] = [tag for tag in kept["tags"] if tag["key"] not in request["tagKeys"]]
        return {}

    def _found_by_arn(self, arn: str) -> dict[str, Any]:
        return self._found(arn.rpartition(":")[2])

    def _found(self, name: str) -> dict[str, Any]:
        if name not in self.state["pipelines"]:
            message = f"Account does not have a pipeline named '{name}'"
            raise ServiceError("PipelineNotFoundException", message)
        found: dict[str, Any] = self.state["pipelines"][name]
        return found
