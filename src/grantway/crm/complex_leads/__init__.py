"""Adding leads together with their contact and company, all in one step."""
