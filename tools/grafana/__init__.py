"""The Grafana dashboards as code: `python -m tools.grafana` writes dashboards/grafana/*.json."""
