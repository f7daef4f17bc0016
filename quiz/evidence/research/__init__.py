"""Results that people gave for research, as files in which nobody is to be recognised."""

from quiz.evidence.research.export import FILES, write_research

__all__ = ["FILES", "write_research"]
