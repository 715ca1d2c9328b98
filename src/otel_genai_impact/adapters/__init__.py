"""Ways into tracers that are not OpenTelemetry's. Nothing here is imported until it is used."""
