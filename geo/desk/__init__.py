"""What a running service holds and answers, each answer for one role."""

from geo.desk.desk import Desk

__all__ = ["Desk"]
