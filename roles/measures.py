"""Labels of measures, categories and sources; the order of rows and the section they belong to."""

from dataclasses import dataclass
from typing import TypeAlias

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

Text: TypeAlias = "str | Promise"

# The section on who holds the jobs (age, gender, race). Its figures are shipped unpublished.
WORKFORCE = "workforce"


@dataclass(frozen=True)
class Measure:
    label: Text
    section: str
    is_signed: bool = False  # a change: shown with a plus or minus


MEASURES = {
    "pay_p10": Measure(_("1 in 10 earn less than"), "pay"),
    "pay_p25": Measure(_("1 in 4 earn less than"), "pay"),
    "median_pay": Measure(_("Median pay: half earn less, half earn more"), "pay"),
    "pay_p75": Measure(_("1 in 4 earn more than"), "pay"),
    "pay_p90": Measure(_("1 in 10 earn more than"), "pay"),
    "mean_pay": Measure(_("Average (mean)"), "pay"),
    "median_pay_hourly": Measure(_("Median pay by the hour"), "pay"),
    "average_pay": Measure(_("Average pay"), "pay"),
    "average_pay_hourly": Measure(_("Average pay by the hour"), "pay"),
    "pay_low": Measure(_("Low end of the pay range"), "pay"),
    "pay_high": Measure(_("High end of the pay range"), "pay"),
    "average_additional_cash": Measure(_("Average extra pay on top"), "pay"),
    "additional_cash_low": Measure(_("Extra pay, low end"), "pay"),
    "additional_cash_high": Measure(_("Extra pay, high end"), "pay"),
    "salaries_submitted": Measure(_("Salaries behind the estimate"), "pay"),
    "highest_paying_city": Measure(_("City that pays best"), "best_paying"),
    "highest_paying_state": Measure(_("State that pays best"), "best_paying"),
    "best_paying_company": Measure(_("Company that pays best"), "best_paying"),
    "best_paying_industry": Measure(_("Industry that pays best"), "best_paying"),
    "outlook": Measure(_("Change in jobs, in percent"), "outlook", is_signed=True),
    "employment_change": Measure(_("Change in the number of jobs"), "outlook", is_signed=True),
    "openings_per_year": Measure(_("Openings each year"), "outlook"),
    "employment": Measure(_("Number of jobs"), "outlook"),
    "employment_projected": Measure(_("Number of jobs, forecast"), "outlook"),
    "growth_rate": Measure(_("Growth rate"), "outlook", is_signed=True),
    "number_of_jobs": Measure(_("Number of jobs"), "outlook"),
    "entry_education": Measure(_("School or degree usually asked for"), "entry"),
    "entry_experience": Measure(_("Experience usually asked for"), "entry"),
    "on_the_job_training": Measure(_("Training on the job"), "entry"),
    "job_zone": Measure(_("Preparation needed (job zone)"), "entry"),
    "education_share": Measure(_("Education"), "education"),
    "bachelors_share": Measure(_("Have a bachelor's degree"), "education"),
    "experience_share": Measure(_("Experience"), "experience"),
    "rating": Measure(_("Rating"), "skills"),
    "top_skills": Measure(_("Skills named most often"), "top_skills"),
    "years_to_become": Measure(_("Time to get there"), "years"),
    "years_of_experience": Measure(_("Years of experience"), "years"),
    "job_titles": Measure(_("Job titles people have"), "titles"),
    "job_satisfaction": Measure(_("Job satisfaction"), "other"),
    "average_age": Measure(_("Average age"), WORKFORCE),
    "gender_share": Measure(_("Gender"), WORKFORCE),
    "race_share": Measure(_("Race"), WORKFORCE),
    "lgbt_share": Measure(_("LGBT share"), WORKFORCE),
}

# The pay survey counts people; forecasts count jobs.
PEOPLE = Measure(_("People who do this work"), "pay")

WORKFORCE_MEASURES = frozenset(
    name for name, measure in MEASURES.items() if measure.section == WORKFORCE
)

# A source's figures on these share a table although they cover different years.
GROUPS_ACROSS_PERIODS = frozenset(
    name
    for name, measure in MEASURES.items()
    if measure.section in ("outlook", "entry", "education", "experience")
)
# O*NET rates occupations in turn, so two roles seldom have a rating from the same month.
ROWS_ACROSS_PERIODS = frozenset({"rating"})

RATING_SECTIONS = {
    "importance 1..5": "skills",
    "impact -3..+3": "work_styles",
    "work style 1..5": "work_styles",
    "interest 1..7": "interests",
}


# Source names next to figures; the full names are listed at the foot of the page.
SHORT_NAMES = {
    "article-glassdoor": _("Article citing Glassdoor"),
    "article-ziprecruiter": _("Article citing ZipRecruiter"),
    "zippia": _("Zippia"),
}
# Each release of an official source has its own key, so these match by prefix.
SHORT_NAMES_BY_PREFIX = {
    "bls-oews": _("US wage survey (BLS)"),
    "bls-outlook": _("US job forecast (BLS)"),
    "bls-projections": _("US job forecast (BLS)"),
}
ONET = "onet-"


def short_name(source_key: str) -> Text:
    """Look up the name to show next to a figure; "" if the source has only its full name."""
    if source_key.startswith(ONET):
        return f"O*NET {source_key.removeprefix(ONET)}"
    for prefix, name in SHORT_NAMES_BY_PREFIX.items():
        if source_key.startswith(prefix):
            return name
    return SHORT_NAMES.get(source_key, "")


@dataclass(frozen=True)
class Category:
    """`gloss` explains a rating as an activity, so that it can start a sentence."""

    label: Text
    gloss: Text = ""


# In display order. The keys are the sources' own words.
CATEGORIES = {
    "Less than a High School Diploma": Category(_("Less than a high school diploma")),
    "High School Diploma": Category(_("High school diploma")),
    "Post-Secondary Certificate": Category(_("Certificate after high school")),
    "Some College Courses": Category(_("Some college courses")),
    "Associate's Degree (or other 2-year degree)": Category(
        _("Associate's degree (or another two-year degree)")
    ),
    "Bachelor's Degree": Category(_("Bachelor's degree")),
    "Post-Baccalaureate Certificate": Category(_("Certificate after a bachelor's degree")),
    "Master's Degree": Category(_("Master's degree")),
    "Post-Master's Certificate": Category(_("Certificate after a master's degree")),
    "First Professional Degree": Category(_("Professional degree, such as in law or medicine")),
    "Doctoral Degree": Category(_("Doctoral degree")),
    "Post-Doctoral Training": Category(_("Training after a doctoral degree")),
    "None": Category(_("None")),
    "Up to and including 1 month": Category(_("Up to 1 month")),
    "Over 1 month, up to and including 3 months": Category(_("Over 1 month, up to 3 months")),
    "Over 3 months, up to and including 6 months": Category(_("Over 3 months, up to 6 months")),
    "Over 6 months, up to and including 1 year": Category(_("Over 6 months, up to 1 year")),
    "Over 1 year, up to and including 2 years": Category(_("Over 1 year, up to 2 years")),
    "Over 2 years, up to and including 4 years": Category(_("Over 2 years, up to 4 years")),
    "Over 4 years, up to and including 6 years": Category(_("Over 4 years, up to 6 years")),
    "Over 6 years, up to and including 8 years": Category(_("Over 6 years, up to 8 years")),
    "Over 8 years, up to and including 10 years": Category(_("Over 8 years, up to 10 years")),
    "Over 10 years": Category(_("Over 10 years")),
    "Persuasion": Category(_("Persuasion"), _("changing people's minds")),
    "Negotiation": Category(_("Negotiation"), _("agreeing on terms")),
    "Service Orientation": Category(_("Service orientation"), _("looking for ways to help")),
    "Active Listening": Category(_("Active listening"), _("listening with full attention")),
    "Speaking": Category(_("Speaking"), _("explaining things clearly")),
    "Social Perceptiveness": Category(_("Social perceptiveness"), _("noticing how others react")),
    "Achievement Orientation": Category(_("Achievement orientation"), _("setting high goals")),
    "Initiative": Category(_("Initiative"), _("starting without being asked")),
    "Self-Confidence": Category(_("Self-confidence"), _("trusting your own ability")),
    "Perseverance": Category(_("Perseverance"), _("keeping at it when it's hard")),
    "Empathy": Category(_("Empathy"), _("caring about how others feel")),
    "Cooperation": Category(_("Cooperation"), _("getting along with others")),
    "Stress Tolerance": Category(_("Stress tolerance"), _("working well under pressure")),
    "Self-Control": Category(_("Self-control"), _("staying calm when provoked")),
    "Achievement/Effort": Category(_("Achievement and effort"), _("setting demanding goals")),
    "Persistence": Category(_("Persistence"), _("not giving up when it gets hard")),
    "Concern for Others": Category(_("Concern for others"), _("noticing what others need")),
    "Enterprising": Category(_("Enterprising"), _("leading and persuading")),
    "Social": Category(_("Social"), _("helping and teaching people")),
    "Conventional": Category(_("Conventional"), _("working with rules and records")),
}

_MEASURE_PLACES = {name: place for place, name in enumerate(MEASURES)}
_CATEGORY_PLACES = {name: place for place, name in enumerate(CATEGORIES)}


def measure_named(name: str, unit: str = "") -> Measure:
    """Look up a measure; an unknown one is listed in the section "other"."""
    if (name, unit) == ("employment", "persons"):
        return PEOPLE
    return MEASURES.get(name) or Measure(name.replace("_", " "), "other")


def category_named(name: str) -> Category:
    return CATEGORIES.get(name) or Category(name)


def section_of(measure: str, unit: str) -> str:
    if measure == "rating":
        return RATING_SECTIONS.get(unit, "other")
    return measure_named(measure, unit).section


def row_order(measure: str, category: str) -> tuple[int, int]:
    return (
        _MEASURE_PLACES.get(measure, len(_MEASURE_PLACES)),
        _CATEGORY_PLACES.get(category, len(_CATEGORY_PLACES)),
    )
