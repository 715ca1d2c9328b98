"""The OpenTelemetry SDK's side: from spans to attributes, metrics and the summary. Knows no provider SDK."""
