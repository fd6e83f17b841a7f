"""What Prometheus reads. Labels are route templates and names of states, never ids."""

from collections import Counter as Count
from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from app.api.hub import Hub
from app.domain.agent import Status
from app.domain.conversation import State
from app.domain.leg import LegState

WAIT_ERRORS = (-1800, -600, -300, -120, -60, -30, -10, 0, 10, 30, 60, 120, 300, 600, 1800)
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5)


class Metrics:
    """The counters of one application."""

    def __init__(self, hub: Hub) -> None:
        self._registry = CollectorRegistry()
        self._requests = Counter(
            "ringdesk_http_requests",
            "Requests by route template and status",
            ("method", "route", "status"),
            registry=self._registry,
        )
        self._seconds = Histogram(
            "ringdesk_http_seconds",
            "Seconds to an answer, by route template",
            ("method", "route"),
            registry=self._registry,
            buckets=SECONDS,
        )
        self.sign_ins = Counter(
            "ringdesk_sign_ins", "Sign-ins by result", ("result",), registry=self._registry
        )
        self._wait_errors = Histogram(
            "ringdesk_wait_estimate_error_seconds",
            "Seconds that a caller waited beyond (negative: less than) what they were told first",
            ("told",),
            registry=self._registry,
            buckets=WAIT_ERRORS,
        )
        self._loop_lag = Histogram(
            "ringdesk_event_loop_lag_seconds",
            "Seconds by which a timer of the service came late, looked at 20 times a second",
            registry=self._registry,
            buckets=SECONDS,
        )
        up = Gauge("ringdesk_part_up", "Whether a part answers", ("part",), registry=self._registry)
        self._up = up
        self._registry.register(_LiveCollector(hub))

    def answered(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answer."""
        self._requests.labels(method, route, status).inc()
        self._seconds.labels(method, route).observe(seconds)

    def wait_told(self, minutes: int, error: float) -> None:
        """Note how wrong the wait was that a caller was told; 0 minutes is less than one."""
        labels = {0: "0", 1: "1", 2: "2-5"}
        label = labels.get(min(minutes, 2)) if minutes <= 5 else "6-15" if minutes <= 15 else "16-"
        self._wait_errors.labels(label).observe(error)

    def loop_was_late(self, seconds: float) -> None:
        """Note by how much a timer came late."""
        self._loop_lag.observe(seconds)

    def parts(self, health: dict[str, bool]) -> None:
        """Note which parts answer."""
        for name, up in health.items():
            self._up.labels(name).set(up)

    def text(self) -> bytes:
        """Everything, in Prometheus' text format 0.0.4."""
        return generate_latest(self._registry)


class _LiveCollector(Collector):
    """Gauges of the live picture, counted when asked."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub

    def collect(self) -> Iterable[Metric]:
        """The gauges now."""
        live = self._hub.live
        conversations = list(live.conversations.values())
        agents = list(live.agents.values())
        states = Count(c.state.value for c in conversations)
        statuses = Count(a.status.value for a in agents)
        legs = Count(a.leg.state.value for a in agents)
        open_states = [s.value for s in State if s not in {State.NEW, State.CLOSED}]
        yield _gauge("conversations", "Open conversations by state", "state", open_states, states)
        yield _gauge("agents", "Agents by status", "status", [s.value for s in Status], statuses)
        yield _gauge("legs", "Agent legs by state", "state", [s.value for s in LegState], legs)
        waiting = GaugeMetricFamily("ringdesk_waiting", "Conversations that wait for a person")
        waiting.add_metric([], live.waiting())
        yield waiting
        sockets = GaugeMetricFamily("ringdesk_event_sockets", "Pages and programs that listen")
        sockets.add_metric([], self._hub.clients)
        yield sockets
        backlog = GaugeMetricFamily(
            "ringdesk_event_socket_backlog",
            "Messages that wait for the socket that lags most; above 1,000 it is closed",
        )
        backlog.add_metric([], self._hub.backlog)
        yield backlog


def _gauge(
    name: str, text: str, label: str, values: list[str], counts: "Count[str]"
) -> GaugeMetricFamily:
    family = GaugeMetricFamily(f"ringdesk_{name}", text, labels=[label])
    for value in values:
        family.add_metric([value], counts[value])
    return family
