"""The parts of adoption: how people lay a document out, what they call things, and which of its lines are replaced."""
