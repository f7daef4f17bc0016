"""Results that clients shared with their counselor, as files; nothing of it stands in memory."""

from quiz.counseling.exporting.codebook import codebook_file
from quiz.counseling.exporting.results_csv import csv_file
from quiz.counseling.exporting.results_xlsx import write_xlsx
from quiz.counseling.exporting.selection import Selection

__all__ = ["Selection", "codebook_file", "csv_file", "write_xlsx"]
