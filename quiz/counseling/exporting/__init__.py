"""Export of the results that clients share with their counselor, written as a stream."""

from quiz.counseling.exporting.codebook import codebook_file
from quiz.counseling.exporting.results_csv import csv_file
from quiz.counseling.exporting.results_xlsx import write_xlsx
from quiz.counseling.exporting.selection import Selection

__all__ = ["Selection", "codebook_file", "csv_file", "write_xlsx"]
