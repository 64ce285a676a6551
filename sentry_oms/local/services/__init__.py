"""The services that ministack lacks, as far as our templates and tags use them."""

from sentry_oms.local.services.application_autoscaling import ApplicationAutoScaling
from sentry_oms.local.services.codepipeline import CodePipeline
from sentry_oms.local.services.codestar_connections import CodeStarConnections
from sentry_oms.local.services.cognito_risk import CognitoRisk
from sentry_oms.local.services.service import Service as Service
from sentry_oms.local.services.waf_logging import WafLogging

SERVICES: tuple[type[Service], ...] = (
    ApplicationAutoScaling,
    CodePipeline,
    CodeStarConnections,
    CognitoRisk,
    WafLogging,
)
