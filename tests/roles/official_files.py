"""Small files in the format in which O*NET and the Bureau of Labor Statistics publish theirs."""

import csv
from pathlib import Path

from openpyxl import Workbook

# Four roles of the site, and three others that only matter for percentiles.
OURS = {
    "11-2022.00": "Sales Managers",
    "41-4012.00": "Sales Representatives, Wholesale and Manufacturing, Except Technical and "
    "Scientific Products",
    "43-1011.00": "First-Line Supervisors of Office and Administrative Support Workers",
    "43-4051.00": "Customer Service Representatives",
}
OTHERS = {"11-1011.00": "Chief Executives", "15-1252.00": "Software Developers", "53-7062.00": "-"}
SALES_LEAD, SALES, SERVICE_LEAD, SERVICE = OURS

RATED = ("O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Data Value", "N")
RATED = (*RATED, "Standard Error", "Lower CI Bound", "Upper CI Bound", "Recommend Suppress")
RATED = (*RATED, "Not Relevant", "Date", "Domain Source")
STYLED = ("O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Data Value", "Date")
STYLED = (*STYLED, "Domain Source")
SHARED = ("O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Category", "Data Value")
SHARED = (*SHARED, "N", "Date", "Domain Source")
CATEGORIES = ("Element ID", "Element Name", "Scale ID", "Category", "Category Description")
ZONES = ("O*NET-SOC Code", "Job Zone", "Date", "Domain Source")
TITLES = ("O*NET-SOC Code", "Reported Job Title", "Shown in My Next Move")


def tabs(columns, rows):
    return "".join("\t".join(map(str, row)) + "\n" for row in (columns, *rows))


def rated(code, name, value, *, scale="IM", suppress="N", date="08/2025"):
    return (code, "2.A.1.b", name, scale, value, 8, 0.1, 3, 5, suppress, "n/a", date, "Analyst")


class Release:
    """A folder like db_30_0_text; change a file with `write`, or take it away with `drop`."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir()
        self.write("Occupation Data.txt", self.occupations())
        self.write("Skills.txt", self.skills())
        self.write("Work Styles.txt", self.styles())
        self.write("Interests.txt", self.interests())
        self.write("Education, Training, and Experience.txt", self.shares())
        self.write("Education, Training, and Experience Categories.txt", self.categories())
        self.write("Job Zones.txt", tabs(ZONES, [(code, 4, "08/2025", "A") for code in OURS]))
        self.write("Sample of Reported Titles.txt", self.titles())

    def write(self, name: str, text: str, encoding: str = "utf-8") -> None:
        (self.folder / name).write_bytes(text.encode(encoding))

    def read(self, name: str) -> str:
        return (self.folder / name).read_text(encoding="utf-8")

    def change(self, name: str, before: str, after: str) -> None:
        text = self.read(name)
        assert before in text
        self.write(name, text.replace(before, after))

    def drop(self, name: str) -> None:
        (self.folder / name).unlink()

    def occupations(self):
        rows = [(code, title, f"Do it: {title}.") for code, title in (OURS | OTHERS).items()]
        return tabs(("O*NET-SOC Code", "Title", "Description"), rows)

    def skills(self):
        rows = []
        values = {SALES: "4.12", SALES_LEAD: "3.88", SERVICE: "3.25", SERVICE_LEAD: "3.25"}
        values |= dict(zip(OTHERS, ("3.88", "2.50", "1.75"), strict=True))
        for code, value in values.items():
            rows += [
                rated(code, "Persuasion", value),
                rated(code, "Persuasion", "5.00", scale="LV"),  # how much, not how important
                rated(code, "Repairing", "1.00"),  # nothing the site tells
            ]
        return tabs(RATED, rows)

    def styles(self):
        rows = [
            (code, "1.D.1.a", "Empathy", "WI", value, "11/2025", "Expert")
            for code, value in zip(OURS, ("1.50", "2.00", "1.75", "2.88"), strict=True)
        ]
        rows += [(SERVICE, "1.D.1.a", "Empathy", "DR", "3", "11/2025", "Expert")]
        return tabs(STYLED, rows)

    def old_styles(self):
        rows = [
            rated(code, "Concern for Others", value)
            for code, value in zip(OURS, ("4.10", "3.90", "4.30", "4.60"), strict=True)
        ]
        return tabs(RATED, rows)

    def interests(self):
        columns = ("O*NET-SOC Code", "Element ID", "Element Name", "Scale ID", "Data Value")
        columns = (*columns, "Date", "Domain Source")
        rows = [
            (code, "1.B.1.e", "Enterprising", "OI", value, "11/2023", "Analyst")
            for code, value in zip(OURS, ("7.00", "6.50", "5.40", "4.90"), strict=True)
        ]
        return tabs(columns, rows)

    def shares(self):
        rows = []
        for code in OURS:
            for scale, element, values in (
                ("RL", "2.D.1", ("0.00", "40.00", "60.00")),
                ("RW", "3.A.1", ("25.50", "74.50", "0.00")),
                ("PT", "3.A.2", ("50.00", "50.00", "0.00")),
            ):
                for category, value in enumerate(values, start=1):
                    rows.append(
                        (code, element, "Level", scale, category, value, 30, "08/2025", "Incumbent")
                    )
        return tabs(SHARED, rows)

    def categories(self):
        rows = [
            ("2.D.1", "Level", "RL", 1, "Less than a High School Diploma"),
            (
                "2.D.1",
                "Level",
                "RL",
                2,
                "High School Diploma - or the equivalent (for example, GED)",
            ),
            ("2.D.1", "Level", "RL", 3, "Bachelor's Degree"),
            ("3.A.1", "Related Work Experience", "RW", 1, "None"),
            ("3.A.1", "Related Work Experience", "RW", 2, "Over 1 year, up to and including 2"),
            ("3.A.1", "Related Work Experience", "RW", 3, "Over 10 years"),
        ]
        return tabs(CATEGORIES, rows)

    def titles(self):
        rows = [
            (SALES, "Sales Representative (Sales Rep)", "Y"),
            (SALES, "Account Manager", "Y"),
            (SALES, "Peddler", "N"),
        ]
        return tabs(TITLES, rows)


WAGES = ("AREA", "AREA_TITLE", "OCC_CODE", "OCC_TITLE", "O_GROUP", "TOT_EMP", "EMP_PRSE")
WAGES = (*WAGES, "H_MEAN", "A_MEAN", "H_PCT10", "H_MEDIAN", "H_PCT90", "A_PCT10", "A_PCT25")
WAGES = (*WAGES, "A_MEDIAN", "A_PCT75", "A_PCT90", "ANNUAL", "HOURLY")


def wages(code, title, **cells):
    """Return a line of the national table: 100 at the tenth percentile ... 500 at the 90th."""
    usual = {
        **{"AREA": 99, "AREA_TITLE": "U.S.", "OCC_CODE": code, "OCC_TITLE": title},
        **{"O_GROUP": "detailed", "TOT_EMP": 1234560, "EMP_PRSE": 0.4, "H_MEAN": 41.11},
        **{"A_MEAN": 85510, "H_PCT10": 18.95, "H_MEDIAN": 35.25, "H_PCT90": 67.31},
        **{"A_PCT10": 39410, "A_PCT25": 50990, "A_MEDIAN": 73310, "A_PCT75": 100010},
        **{"A_PCT90": 140000, "ANNUAL": "", "HOURLY": ""},
    }
    return usual | cells


# Not far from what the site ships about customer service representatives.
SERVICE_PAY = {
    **{"TOT_EMP": "2725930", "A_MEAN": "45380", "H_MEDIAN": "20.59", "A_PCT10": "30690"},
    **{"A_PCT25": "35970", "A_MEDIAN": "42830", "A_PCT75": "50140", "A_PCT90": "62730"},
}


def wage_line(folder, name="national_M2026_dl.csv", **cells):
    """Write a national table with one line, about customer service representatives."""
    row = wages("43-4051", "Customer Service Representatives", **(SERVICE_PAY | cells))
    return write_csv(folder / name, [row])


def wage_table():
    rows = [wages("00-0000", "All Occupations", O_GROUP="total", A_MEDIAN=51000)]
    return rows + [wages(code.removesuffix(".00"), title) for code, title in OURS.items()]


FORECAST = {
    "title": "2026 National Employment Matrix title",
    "code": "2026 National Employment Matrix code",
    "kind": "Occupation type",
    "first": "Employment, 2026",
    "second": "Employment, 2036",
    "change": "Employment change, numeric, 2026–36",
    "percent": "Employment change, percent, 2026–36",
    "openings": "Occupational openings, 2026–36 annual average",
    "wage": "Median annual wage, dollars, 2025[1]",
    "education": "Typical education needed for entry",
    "experience": "Work experience in a related occupation",
    "training": "Typical on-the-job training needed to attain competency in the occupation",
}
DOWNLOADED = {
    "title": "Occupation Title",
    "code": "Occupation Code",
    "first": "Employment 2026",
    "second": "Employment 2036",
    "change": "Employment Change, 2026-2036",
    "percent": "Employment Percent Change, 2026-2036",
    "openings": "Occupational Openings, 2026-2036 Annual Average",
    "wage": "Median Annual Wage 2025",
    "education": "Typical Entry-Level Education",
    "experience": "Work Experience in a Related Occupation",
    "training": "Typical on-the-job Training",
}


def forecast_table(columns=FORECAST):
    """Return the lines of table 1.2, by the headings of the workbook or of the download."""
    rows = []
    for code, title in OURS.items():
        cells = {
            **{"title": title, "code": code.removesuffix(".00"), "kind": "Line item"},
            **{"first": "640.5", "second": "672.5", "change": "32.0", "percent": "5.0"},
            **{"openings": "51.2", "wage": "148270", "education": "Bachelor's degree"},
            **{"experience": "Less than 5 years", "training": "None"},
        }
        rows.append({heading: cells[name] for name, heading in columns.items()})
    return rows


def write_csv(path: Path, rows, encoding="utf-8") -> Path:
    with path.open("w", newline="", encoding=encoding) as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    return path


def write_xlsx(path: Path, rows, above=(), below=(), first_sheet=None) -> Path:
    """Write a workbook, with lines above the headings and footnotes below, as offices have them."""
    workbook = Workbook()
    sheet = workbook.active
    if first_sheet is not None:
        sheet.title = "Index"
        sheet.append([first_sheet])
        sheet = workbook.create_sheet("Table 1.2")
    for line in (*above, list(rows[0]), *(list(row.values()) for row in rows), *below):
        sheet.append(line if isinstance(line, list) else [line])
    workbook.save(path)
    return path
