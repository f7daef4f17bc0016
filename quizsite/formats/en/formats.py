"""English formats that differ from Django's: full names of months, and times with their zone."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, P T"
SHORT_DATETIME_FORMAT = "m/d/Y P T"
