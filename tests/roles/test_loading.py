"""Loading the shipped files repeatedly without undoing edits."""

import json
from decimal import Decimal

import pytest
from translated_fields import to_attribute

from roles import content
from roles.content import KEYS, TEXTS, _json, figures_in, load_roles, read
from roles.models import (
    Difference,
    Duty,
    Figure,
    Passage,
    Role,
    SharedSkill,
    ShippedRow,
    Skill,
    Source,
)
from tests.roles.pages import SALES, SALES_LEAD

pytestmark = pytest.mark.both_databases


@pytest.fixture
def empty(db):
    """Delete all content that was loaded before."""
    for model in (*reversed(KEYS), ShippedRow):
        model.objects.all().delete()


@pytest.fixture
def newer_file(monkeypatch):
    """Give a function that changes a row of the files, or drops it if the new values are None."""

    def change(model, key, changed):
        def rows():
            for each, values in original():
                if each is model and all(values[name] == value for name, value in key.items()):
                    if changed is not None:
                        yield each, values | changed
                else:
                    yield each, values

        original = content.shipped_rows
        monkeypatch.setattr(content, "shipped_rows", rows)

    return change


@pytest.mark.slow
def test_first_load_creates_every_row(empty):
    loaded = load_roles()
    assert loaded.created == sum(model.objects.count() for model in KEYS)
    assert (loaded.updated, loaded.removed, loaded.unchanged, loaded.kept) == (0, 0, 0, 0)
    counts = [model.objects.count() for model in (Role, Source, Figure, SharedSkill, Passage)]
    assert counts == [4, 7, 234, 5, 4]


def test_figures_are_stored_with_value_unit_currency_and_percentile(content):
    years = Figure.objects.get(role__slug=SALES_LEAD, measure="years_to_become")
    assert (years.value, years.value_high, years.unit, years.currency) == (6, 8, "years", "")
    pay = Figure.objects.get(region="Vancouver, BC, Canada", measure="average_pay")
    assert (pay.value, pay.unit, pay.currency, pay.period) == (40594, "year", "CAD", "")
    rating = Figure.objects.get(role__slug=SALES, category="Persuasion")
    assert (rating.value, rating.percentile) == (Decimal("3.75"), Decimal("97.1"))
    assert rating.percentile_of == 879


def test_second_load_changes_nothing(content):
    before = {model: list(model.objects.order_by("pk").values()) for model in KEYS}
    loaded = load_roles()
    assert (loaded.created, loaded.updated, loaded.removed, loaded.kept) == (0, 0, 0, 0)
    assert loaded.unchanged == sum(model.objects.count() for model in KEYS)
    assert {model: list(model.objects.order_by("pk").values()) for model in KEYS} == before


def test_later_checked_on_date_updates_a_figure_and_an_earlier_one_does_not(content, newer_file):
    key = {"role": SALES_LEAD, "measure": "median_pay"}
    figure = Figure.objects.get(role__slug=SALES_LEAD, measure="median_pay")
    assert figure.checked_on is not None
    newer_file(Figure, key, {"checked_on": "2031-01-01"})
    assert load_roles().updated == 1
    newer_file(Figure, key, {"checked_on": "2030-01-01"})
    assert load_roles().updated == 0
    figure.refresh_from_db()
    assert figure.checked_on.isoformat() == "2031-01-01"


@pytest.mark.slow
def test_figures_loaded_before_checked_on_existed_get_a_date(content):
    Figure.objects.update(checked_on=None)
    for entry in ShippedRow.objects.filter(kind="figure"):
        del entry.values["checked_on"]
        entry.save()
    loaded = load_roles()
    assert (loaded.updated, loaded.kept) == (Figure.objects.count(), 0)
    assert not Figure.objects.filter(checked_on=None).exists()


@pytest.mark.parametrize(
    ("model", "key", "changed"),
    [
        (Role, {"slug": SALES}, {"summary_en": "Edited."}),
        (Figure, {"role__slug": SALES_LEAD, "measure": "median_pay"}, {"value": Decimal(1)}),
        (Duty, {"role__slug": SALES, "order": 2}, {"text_en": "Edited."}),
        (Skill, {"role__slug": SALES, "order": 2}, {"meaning_en": "Edited."}),
        (Difference, {"level": "individual", "order": 3}, {"sales_en": "Edited."}),
        (Source, {"key": "zippia"}, {"about_en": "Edited."}),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_edited_rows_are_kept(content, newer_file, model, key, changed):
    model.objects.filter(**key).update(**changed)
    plain = {name.replace("__slug", ""): value for name, value in key.items()}
    newer_file(model, plain, {name: "Newer." for name in changed if name != "value"})
    loaded = load_roles()
    assert (loaded.created, loaded.updated, loaded.kept) == (0, 0, 1)
    row = model.objects.get(**key)
    assert {name: getattr(row, name) for name in changed} == changed


def test_deleted_rows_are_not_created_again(content):
    Duty.objects.get(role__slug=SALES, order=2).delete()
    loaded = load_roles()
    assert (loaded.created, loaded.kept) == (0, 1)
    assert not Duty.objects.filter(role__slug=SALES, order=2).exists()


def test_deleted_role_stays_deleted_with_its_texts(content):
    Role.objects.get(slug=SALES).delete()
    load_roles()
    assert not Role.objects.filter(slug=SALES).exists()
    assert Figure.objects.count() == 234 - len(list(figures_in(read(SALES))))


def test_rows_added_by_an_editor_are_kept(content):
    Duty.objects.create(role=Role.objects.get(slug=SALES), order=2, text_en="Added.")
    load_roles()
    assert Duty.objects.filter(role__slug=SALES, order=2).count() == 2


def test_unedited_row_is_updated_from_a_newer_file(content, newer_file):
    newer_file(Role, {"slug": SALES}, {"summary_en": "Newer."})
    loaded = load_roles()
    assert (loaded.updated, loaded.kept) == (1, 0)
    assert Role.objects.get(slug=SALES).summary_en == "Newer."
    assert load_roles().updated == 0


@pytest.mark.parametrize("model", list(TEXTS), ids=lambda model: model.__name__)
def test_reworded_texts_reach_every_row_but_the_one_that_was_edited(content, model):
    """A site that loaded an older release has its texts in the rows and in what was loaded."""
    before = {row.pk: row for row in model.objects.all()}
    field = to_attribute(TEXTS[model][-1], "en")
    older = {pk: f"Older {pk}." for pk in before}
    for pk, text in older.items():
        model.objects.filter(pk=pk).update(**{field: text})
    for entry in ShippedRow.objects.filter(kind=model.__name__.lower()):
        key = dict(zip(KEYS[model], json.loads(entry.key), strict=True))
        row = next(
            row
            for row in before.values()
            if all(_json(getattr(row, name)) == value for name, value in key.items())
        )
        entry.values[field] = older[row.pk]
        entry.save()
    edited = min(before)
    model.objects.filter(pk=edited).update(**{field: "Edited."})
    loaded = load_roles()
    assert (loaded.updated, loaded.kept) == (len(before) - 1, 1)
    texts = dict(model.objects.values_list("pk", field))
    assert texts == {pk: getattr(row, field) for pk, row in before.items()} | {edited: "Edited."}


def test_unedited_row_is_removed_if_a_newer_file_drops_it(content, newer_file):
    newer_file(SharedSkill, {"order": "5"}, None)
    assert load_roles().removed == 1
    assert SharedSkill.objects.count() == 4


def test_edited_row_is_kept_if_a_newer_file_drops_it(content, newer_file):
    SharedSkill.objects.filter(order=5).update(name_en="Edited.")
    newer_file(SharedSkill, {"order": "5"}, None)
    assert load_roles().removed == 0
    assert SharedSkill.objects.filter(name_en="Edited.").exists()


def test_new_column_does_not_count_as_an_edit(content, newer_file):
    for entry in ShippedRow.objects.filter(kind="source"):
        del entry.values["cites"]
        entry.save()
    newer_file(Source, {"key": "zippia"}, {"about_en": "Newer."})
    assert load_roles().updated == 1


@pytest.mark.slow
def test_failed_load_changes_nothing(empty, newer_file):
    newer_file(Passage, {"key": "sales"}, {"no_such_field": "x"})
    with pytest.raises(TypeError):
        load_roles()
    assert [model.objects.count() for model in (*KEYS, ShippedRow)] == [0] * (len(KEYS) + 1)


def test_duplicate_row_in_the_files_is_named(empty, newer_file):
    newer_file(Source, {"key": "zippia"}, {"key": "bls-oews"})
    with pytest.raises(ValueError, match="bls-oews"):
        load_roles()
