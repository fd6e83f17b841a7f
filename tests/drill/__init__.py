"""Fault drills: seeded schedules of harm against continuous traffic, and an audit of what became of
everybody. `make drill`; the README says what it does."""
