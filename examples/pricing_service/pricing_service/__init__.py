"""A web service that prices claims; ``python -m pricing_service`` starts it."""
