"""Counters and latencies for Prometheus; label values are codes and routes, never ids or texts."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

from nlp_service.domain import ReviewScore, Verdict

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
# From half a check up to the gateway's whole callback budget (200 ms) and slow batches.
_BUCKETS_S = (0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 5.0, 30.0)


class Metrics:
    """The metrics of one application, in a registry of its own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "nlp_requests",
            "Answers by route and status",
            ["route", "status"],
            registry=self.registry,
        )
        self.seconds = Histogram(
            "nlp_request_seconds",
            "Time to answer",
            ["route"],
            buckets=_BUCKETS_S,
            registry=self.registry,
        )
        self.in_flight = Gauge("nlp_in_flight", "Calls being answered", registry=self.registry)
        self.actions = Counter(
            "nlp_chat_actions", "Chat verdicts by action", ["action"], registry=self.registry
        )
        self.labels = Counter(
            "nlp_chat_labels", "Chat labels by code", ["code"], registry=self.registry
        )
        self.levels = Counter(
            "nlp_review_levels", "Review suspicion by level", ["level"], registry=self.registry
        )
        self.hazards = Counter(
            "nlp_review_severity", "Review severity by level", ["level"], registry=self.registry
        )
        self.dropped = Gauge(
            "nlp_records_dropped", "Records that could not be stored", registry=self.registry
        )

        self.webhooks = Counter(
            "nlp_webhooks", "Webhooks by outcome", ["outcome"], registry=self.registry
        )

    def count_verdict(self, verdict: Verdict) -> None:
        """Count one chat verdict."""
        self.actions.labels(verdict.action.value).inc()
        for label in verdict.labels:
            self.labels.labels(label.code).inc()

    def count_score(self, score: ReviewScore) -> None:
        """Count one review score."""
        self.levels.labels(score.suspicion.level).inc()
        self.hazards.labels(score.severity.level).inc()

    def text(self) -> bytes:
        """The page that Prometheus reads."""
        return generate_latest(self.registry)
