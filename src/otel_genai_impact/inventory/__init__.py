"""Which numbers describe a request: models, electricity zones and data centres, and the names that lead to them."""
