"""`genai-impact doctor`: is every GenAI request of an application in this environment counted, and if not, why."""
