"""Sample components: small real code on which the maturity documents can be tried in a fresh clone."""
