"""`genai-impact report`: from files of spans to one page, or to a table for programs."""
