"""Instrumentations of provider SDKs that have none: one file an SDK, none of which imports it.

They write what the GenAI semantic conventions ask for and know nothing of impacts. No prompt and no answer is read.
"""
