"""What-if at the desk."""

from geo.desk.whatif.answer import warm_up, what_if
from geo.desk.whatif.proposal import Proposal, ProposedEdit

__all__ = ["Proposal", "ProposedEdit", "warm_up", "what_if"]
