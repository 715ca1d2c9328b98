"""The science of the method `native-1`: measurements, fit, validation and the page about them.

`make science` runs it all. It writes `src/otel_genai_impact/impacts/native_1_constants.py`, `docs/validation.md` and the
figures in `docs/images`. Nothing of the package imports it, and it is not in the wheel.
"""
