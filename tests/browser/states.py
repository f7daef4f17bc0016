"""Every page in every state, for the tests of whole pages and for the gallery."""

from tests.browser import staff_states, visitor_states
from tests.browser.staff_states import ADMIN, COUNSELORS, EDITOR
from tests.browser.visitor_states import ERRORS, OWN, ROLES, TROUBLES, VISITS, State

__all__ = ["ADMIN", "ALIKE", "OWN_STATES", "PICTURED", "STATES", "TROUBLES", "State"]

OWN_STATES = VISITS | OWN | COUNSELORS | ROLES | ERRORS | TROUBLES
ALIKE = visitor_states.ALIKE | staff_states.ALIKE
PICTURED = visitor_states.PICTURED | staff_states.PICTURED
STATES = OWN_STATES | ALIKE | ADMIN | EDITOR | PICTURED
