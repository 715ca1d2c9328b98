"""The impact model: from one request and the system that served it to its environmental impacts.

Pure: standard library only, no I/O, no clock, no OpenTelemetry.
"""
