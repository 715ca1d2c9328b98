"""What the tests stand on: a local server that speaks the providers' APIs, an OTLP receiver, and a way to run an app."""
