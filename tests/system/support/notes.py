"""What a subject tells beside its verdict: how much it did, and what it measured. conftest.py shows it before pytest's last line."""

TOLD = []


def note(text):
    TOLD.append(text)
