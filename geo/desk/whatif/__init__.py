"""What-if at the desk."""

from geo.desk.whatif.answer import what_if
from geo.desk.whatif.proposal import Proposal, ProposedEdit

__all__ = ["Proposal", "ProposedEdit", "what_if"]
