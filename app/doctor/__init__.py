"""`python -m app doctor`: looks at every part, and says in words what is wrong and what to do."""

from app.doctor.rounds import diagnose

__all__ = ["diagnose"]
