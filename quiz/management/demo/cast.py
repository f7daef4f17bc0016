"""Who appears in the demo, and what they wrote. Pure.

A leaning (-1 to 1) is the number that `likely_answers` takes: above 0 towards sales.
"""

from dataclasses import dataclass

DANA = ("Dana Reed", "dana.reed@counselors.example")
MARCUS = ("Marcus Bell", "marcus.bell@counselors.example")
INVITED_COUNSELOR = "priya.shah@counselors.example"

CLASS_NAME = "Job skills class, Westside"
CLASS_PLACES = 40

RETURNING, FIRST_JOB, CHANGING = "returning to work", "first job", "changing careers"


@dataclass(frozen=True)
class Taken:
    """One time a client took the quiz: `pages` is None if they finished, `shares` a scope or ""."""

    days_ago: int
    leaning: float = 0
    shares: str = ""
    pages: int | None = None


@dataclass(frozen=True)
class Met:
    """A meeting about the newest result: `marks` are in the order of its reasons."""

    days_ago: int
    marks: tuple[str, ...]
    agreement: str
    next_step: str


@dataclass(frozen=True)
class Person:
    """A client on their own, not in a class."""

    name: str
    email: str
    added_days_ago: int
    tags: tuple[str, ...] = ()
    taken: tuple[Taken, ...] = ()
    notes: tuple[str, ...] = ()
    notes_for_client: tuple[str, ...] = ()
    met: Met | None = None


DANAS_CLIENTS = (
    Person(
        *("Ann Lee", "ann.lee@example.org", 95),
        tags=(RETURNING,),
        taken=(Taken(90, -0.5, "answers"), Taken(3, 0.6, "answers")),
        notes=("Eight years on a help desk. Wants less time on the phone, but likes the people.",),
        notes_for_client=("Before we meet: which of the two job pages sounded like a good day?",),
        met=Met(
            *(1, ("agree", "agree", "talk", "not-me")),
            agreement="Ann looks at sales from close up before she decides, and keeps her job.",
            next_step="Ann asks her brother-in-law for a morning on the road, by Friday.",
        ),
    ),
    Person(
        *("Bea Okafor", "bea.okafor@example.org", 61),
        tags=(FIRST_JOB,),
        taken=(Taken(58, 0.5, "verdict"),),
        notes=("Runs a market stall on weekends. Ask how she handles slow days.",),
    ),
    Person(
        *("Luis Romero", "luis.romero@example.org", 40),
        tags=(CHANGING,),
        taken=(Taken(38, -0.3),),
    ),
    Person(
        *("Omar Haddad", "omar.haddad@example.org", 33),
        tags=(CHANGING, RETURNING),
        taken=(Taken(30, 0, "traits"),),
        notes=("Wants to compare a week in sales with a week in support before deciding.",),
    ),
    Person(
        *("Kate Sullivan", "kate.sullivan@example.org", 6),
        tags=(FIRST_JOB,),
        taken=(Taken(4, pages=2),),
    ),
    Person("Jon Park", "jon.park@example.org", 5),
)
MARCUS_CLIENTS = (
    Person(
        *("Tom Becker", "tom.becker@example.org", 75),
        taken=(Taken(74, -0.6, "answers"),),
        notes=("Calm with upset customers. Show him the customer service manager page.",),
    ),
    Person("Ines Duarte", "ines.duarte@example.org", 52, taken=(Taken(49, 0.4, "traits"),)),
    Person("Ray Coleman", "ray.coleman@example.org", 21, taken=(Taken(20, 0.1),)),
    Person("Lena Fischer", "lena.fischer@example.org", 9),
)
# Marcus adds her, then hands her over to Dana.
HANDED_OVER = Person(
    *("Grace Kim", "grace.kim@example.org", 47), taken=(Taken(45, -0.4, "traits"),)
)

# The class: what each of those who took the quiz shares; "" is a finished result kept private.
FINISHED_IN_CLASS = (
    ("Aaliyah Brooks", "traits"),
    ("Ben Castillo", "traits"),
    ("Chloe Nguyen", "answers"),
    ("Darius Webb", "traits"),
    ("Elena Petrov", "traits"),
    ("Faith Adeyemi", "verdict"),
    ("Gabe Morrison", "traits"),
    ("Hannah Schultz", ""),
    ("Isaac Rivera", "traits"),
    ("Jasmine Patel", "traits"),
    ("Kofi Mensah", "answers"),
    ("Leah Goldberg", "traits"),
    ("Mateo Vargas", "traits"),
    ("Nadia Rahman", "traits"),
    ("Owen Fletcher", ""),
    ("Paige Donovan", "traits"),
    ("Quinn Harper", "traits"),
    ("Rosa Jimenez", "traits"),
)
# How many pages each of these saved.
UNFINISHED_IN_CLASS = (
    ("Sam Whitaker", 3),
    ("Tessa Lindgren", 2),
    ("Umar Siddiqui", 1),
    ("Violet Chen", 0),
)
NOT_STARTED_IN_CLASS = ("Wes Tanner", "Yara Mansour")
