"""CodePipeline's type, which ministack lacks."""

from __future__ import annotations

from typing import Any

from sentry_oms.local.provider import Place, Properties, Provider, Resource, Update, retag
from sentry_oms.local.shapes import request


class Pipeline(Provider):
    """``AWS::CodePipeline::Pipeline``: ``Ref`` is its name, ``Version`` counts its updates."""

    type = "AWS::CodePipeline::Pipeline"
    replacing = ("Name",)
    tagged = True

    def create(self, place: Place, properties: Properties) -> Resource:
        """Create the pipeline; the service refuses a name that is taken."""
        client = self.aws.client("codepipeline")
        wanted = {"Pipeline": _declaration(place, properties), "Tags": properties.get("Tags", [])}
        return _pipeline(client.create_pipeline(**request(client, "CreatePipeline", wanted)))

    def update(self, update: Update) -> Resource:
        """Create the next version, and update the tags."""
        client = self.aws.client("codepipeline")
        arn = client.get_pipeline(name=update.physical_id)["metadata"]["pipelineArn"]
        retag(client, arn, update)
        wanted = {"Pipeline": _declaration(update.place, update.properties)}
        return _pipeline(client.update_pipeline(**request(client, "UpdatePipeline", wanted)))

    def delete(self, physical_id: str, properties: Properties) -> None:
        """Delete the pipeline."""
        self.aws.client("codepipeline").delete_pipeline(name=physical_id)


def _declaration(place: Place, properties: Properties) -> dict[str, Any]:
    """Return the pipeline's structure: every property except its tags."""
    plain = {key: value for key, value in properties.items() if key != "Tags"}
    return {"Name": place.generated_name(), **plain}


def _pipeline(response: dict[str, Any]) -> Resource:
    pipeline = response["pipeline"]
    return Resource(pipeline["name"], {"Version": str(pipeline["version"])})
