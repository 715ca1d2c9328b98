"""Budgets: what a block of code, a user or a tenant may use, and what happens when that is used up."""
