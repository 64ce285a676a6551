"""CodePipeline's type, which ministack lacks."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, Provider, Resource, dropped_tags
from sentry_oms.local.shapes import request


class Pipeline(Provider):
    """``AWS::CodePipeline::Pipeline``: ``Ref`` is its name, ``Version`` counts its updates."""

    type = "AWS::CodePipeline::Pipeline"
    replacing = ("Name",)
    tagged = True

    def create(self, place: Place, properties: Properties) -> Resource:
        """Make the pipeline; a name that is taken is refused by the service."""
        codepipeline = self.aws.client("codepipeline")
        wanted = {"Pipeline": declaration(place, properties), "Tags": properties.get("Tags", [])}
        response = codepipeline.create_pipeline(**request(codepipeline, "CreatePipeline", wanted))
        return _pipeline(response)

    def update(
        self, place: Place, physical_id: str, previous: Properties, properties: Properties
    ) -> Resource:
        """Make the next version, and bring the tags along."""
        codepipeline = self.aws.client("codepipeline")
        arn = codepipeline.get_pipeline(name=physical_id)["metadata"]["pipelineArn"]
        dropped = dropped_tags(previous, properties)
        if dropped:
            codepipeline.untag_resource(resourceArn=arn, tagKeys=dropped)
        tags = properties.get("Tags", [])
        if tags:
            wanted = {"ResourceArn": arn, "Tags": tags}
            codepipeline.tag_resource(**request(codepipeline, "TagResource", wanted))
        wanted = {"Pipeline": declaration(place, properties)}
        return _pipeline(
            codepipeline.update_pipeline(**request(codepipeline, "UpdatePipeline", wanted))
        )

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Remove the pipeline."""
        self.aws.client("codepipeline").delete_pipeline(name=physical_id)


def declaration(place: Place, properties: Properties) -> dict[str, Any]:
    """The pipeline's structure: every property but its tags."""
    plain = {key: value for key, value in properties.items() if key != "Tags"}
    return {"Name": place.generated_name(), **plain}


def _pipeline(response: dict[str, Any]) -> Resource:
    pipeline = response["pipeline"]
    return Resource(pipeline["name"], {"Version": str(pipeline["version"])})
