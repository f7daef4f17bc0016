"""Export of results shared for research. No one can be identified in its files."""

from quiz.evidence.research.export import FILES, write_research

__all__ = ["FILES", "write_research"]
