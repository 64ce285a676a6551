"""CodePipeline: it keeps pipelines, and runs none."""

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
        """Make the first version of a pipeline."""
        pipeline = request["pipeline"]
        if pipeline["name"] in self._pipelines:
            raise ServiceError(
                "PipelineNameInUseException",
                f"A pipeline with the name '{pipeline['name']}' already exists",
            )
        kept = {
            "pipeline": {**pipeline, "version": 1},
            "tags": request.get("tags", []),
            "created": time.time(),
            "updated": time.time(),
        }
        self._pipelines[pipeline["name"]] = kept
        return {"pipeline": kept["pipeline"], "tags": kept["tags"]}

    def update_pipeline(self, request: Request) -> Reply:
        """Make the next version of a pipeline."""
        kept = self._found(request["pipeline"]["name"])
        version = kept["pipeline"]["version"] + 1
        kept.update(pipeline={**request["pipeline"], "version": version}, updated=time.time())
        return {"pipeline": kept["pipeline"]}

    def get_pipeline(self, request: Request) -> Reply:
        """A pipeline's structure and where it is."""
        kept = self._found(request["name"])
        return {
            "pipeline": kept["pipeline"],
            "metadata": {
                "pipelineArn": self._arn(request["name"]),
                "created": kept["created"],
                "updated": kept["updated"],
            },
        }

    def list_pipelines(self, request: Request) -> Reply:
        """Every pipeline, by name."""
        return {
            "pipelines": [
                {"name": name, "version": kept["pipeline"]["version"]}
                for name, kept in sorted(self._pipelines.items())
            ]
        }

    def delete_pipeline(self, request: Request) -> Reply:
        """Remove a pipeline; one that does not exist is no error, as on AWS."""
        self._pipelines.pop(request["name"], None)
        return {}

    def list_tags_for_resource(self, request: Request) -> Reply:
        """A pipeline's tags."""
        return {"tags": self._found_by_arn(request["resourceArn"])["tags"]}

    def tag_resource(self, request: Request) -> Reply:
        """Add tags to a pipeline, or change them."""
        kept = self._found_by_arn(request["resourceArn"])
        given = {tag["key"] for tag in request["tags"]}
        kept["tags"] = [tag for tag in kept["tags"] if tag["key"] not in given] + request["tags"]
        return {}

    def untag_resource(self, request: Request) -> Reply:
        """Take tags from a pipeline."""
        kept = self._found_by_arn(request["resourceArn"])
        kept["tags"] = [tag for tag in kept["tags"] if tag["key"] not in request["tagKeys"]]
        return {}

    @property
    def _pipelines(self) -> dict[str, Any]:
        found: dict[str, Any] = self.state.setdefault("pipelines", {})
        return found

    def _arn(self, name: str) -> str:
        return self.identity.arn("codepipeline", name)

    def _found(self, name: str) -> dict[str, Any]:
        if name not in self._pipelines:
            raise ServiceError(
                "PipelineNotFoundException", f"Account does not have a pipeline named '{name}'"
            )
        found: dict[str, Any] = self._pipelines[name]
        return found

    def _found_by_arn(self, arn: str) -> dict[str, Any]:
        return self._found(arn.rpartition(":")[2])
