"""English formats that differ from Django's: months in full, and a time says its zone."""

DATE_FORMAT = "F j, Y"
DATETIME_FORMAT = "F j, Y, P T"
SHORT_DATETIME_FORMAT = "m/d/Y P T"
