import inspect
import re

import django
import pytest
from django.contrib.admin import ModelAdmin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Permission, User
from django.db.models import TextField
from django.utils import timezone
from django.utils.html import escape

from roles.admin.screens import MOST_ROWS, PlainLines
from roles.content import load_roles
from roles.models import Difference, Figure, Passage, Role, SharedSkill, Source
from roles.numbers import exact_number
from tests.factories import sign_in
from tests.pages import fields_with_errors, list_of, page_of, values_at

MODELS = [Role, Source, Figure, Difference, SharedSkill, Passage]

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def editor(client):
    sign_in(client, User.objects.create_superuser("editor"))
    return client


def html_of(client, address):
    response = client.get(address)
    assert response.status_code == 200, address
    return response.content.decode()


@pytest.fixture
def small_role():
    """A page with few rows is drawn sooner."""
    role = Role.objects.get(slug="sales-manager")
    for rows in (role.duties, role.skills):
        rows.exclude(pk=rows.first().pk).delete()
    return role


@pytest.mark.both_databases
@pytest.mark.parametrize("model", MODELS, ids=lambda model: model.__name__)
class TestEveryModel:
    def test_list_can_be_searched(self, editor, model):
        found = editor.get(f"{list_of(model)}?q=a").context["cl"]
        assert (found.query, found.result_count > 0) == ("a", True)
        assert editor.get(f"{list_of(model)}?q=no-such-row").context["cl"].result_count == 0

    def test_row_can_be_added_and_edited(self, editor, model):
        row = model.objects.first()
        assert "<form" in html_of(editor, f"{list_of(model)}add/")
        assert "<form" in html_of(editor, f"{list_of(model)}{row.pk}/change/")

    def test_row_can_be_deleted_unless_others_need_it(self, editor, model):
        response = editor.get(page_of(model.objects.first(), "delete"))
        is_offered = 'name="post" value="yes"' in response.content.decode()
        assert is_offered == (not response.context["protected"])
        assert is_offered == (model is not Source)

    def test_list_is_for_editors_only(self, client, model):
        assert client.get(list_of(model)).status_code == 302

    def test_saving_an_unchanged_row_does_not_mark_it_as_edited(self, editor, model):
        row = model.objects.first()
        address = f"{list_of(model)}{row.pk}/change/"
        response = editor.post(address, values_at(editor, address))
        assert response.status_code == 302, response.context["errors"]
        loaded = load_roles()
        assert (loaded.kept, loaded.created, loaded.updated) == (0, 0, 0)

    def test_saving_an_unchanged_row_says_so_and_leaves_no_trace(self, editor, model):
        row = model.objects.first()
        response = editor.post(page_of(row), values_at(editor, page_of(row)), follow=True)
        assert [message.level_tag for message in response.context["messages"]] == ["info"]
        assert row.history.count() == 1
        assert not LogEntry.objects.exists()

    def test_line_ends_of_a_browser_are_no_edit(self, editor, model):
        row = model.objects.first()
        values = values_at(editor, page_of(row))
        sent = {name: str(text).replace("\n", "\r\n") for name, text in values.items()}
        assert editor.post(page_of(row), sent).status_code == 302
        assert row.history.count() == 1
        assert load_roles().kept == 0

    def test_every_text_of_several_lines_keeps_its_line_ends(self, editor, model):
        form = editor.get(page_of(model.objects.first())).context["adminform"].form
        texts = [each.name for each in model._meta.fields if isinstance(each, TextField)]
        assert all(isinstance(form.fields[name], PlainLines) for name in texts)


@pytest.mark.slow
class TestRoleAdmin:
    def test_page_of_a_role_shows_its_duties_and_skills(self, editor):
        role = Role.objects.get(slug="sales-manager")
        source = html_of(editor, f"/admin/roles/role/{role.pk}/change/")
        texts = [each.text for each in role.duties.all()] + [s.name for s in role.skills.all()]
        assert len(texts) > 10
        assert [text for text in texts if escape(text) not in source] == []

    def test_edit_appears_on_the_job_page_and_survives_a_load(self, editor):
        role = Role.objects.get(slug="sales-manager")
        address = f"/admin/roles/role/{role.pk}/change/"
        values = values_at(editor, address) | {"summary_en": "Edited by hand."}
        editor.post(address, values)
        load_roles()
        assert "Edited by hand." in html_of(editor, "/roles/sales-manager/")

    def test_line_ends_of_a_browser_are_stored_as_the_site_does(self, editor):
        role = Role.objects.get(slug="sales-manager")
        values = values_at(editor, page_of(role)) | {"summary_en": "Edited."}
        sent = {name: str(text).replace("\n", "\r\n") for name, text in values.items()}
        editor.post(page_of(role), sent)
        changed = role.history.first().diff_against(role.history.last()).changed_fields
        assert changed == ["summary_en"]

    def test_line_ends_stored_before_are_no_edit(self, editor):
        role = Role.objects.get(slug="sales-manager")
        Role.objects.filter(pk=role.pk).update(work_en=role.work_en.replace("\n", "\r\n"))
        assert load_roles().kept == 0
        form = editor.get(page_of(role)).context["adminform"].form
        assert not form.fields["work_en"].has_changed(form.initial["work_en"], role.work_en)

    def test_help_of_every_cell_is_listed_above_the_rows(self, editor, small_role):
        html = html_of(editor, page_of(small_role))
        described = set(re.findall(r'aria-describedby="(help-[^"]+)"', html))
        assert {"help-duty-text_en", "help-skill-meaning_en"} <= described
        assert described <= set(re.findall(r'<dd id="([^"]+)"', html))

    def test_refused_cell_is_described_by_its_error(self, editor, small_role):
        address = page_of(small_role)
        values = values_at(editor, address) | {"duties-0-text_en": ""}
        html = editor.post(address, values).content.decode()
        cell = re.search(r'<[^>]*name="duties-0-text_en"[^>]*>', html)[0]
        error = "id_duties-0-text_en_error"
        assert f'aria-describedby="help-duty-text_en {error}"' in cell
        assert f'id="{error}"' in html

    def test_forged_number_of_rows_is_limited(self, editor, small_role):
        address = page_of(small_role)
        response = editor.post(address, values_at(editor, address) | {"duties-TOTAL_FORMS": 10**30})
        duties = response.context["inline_admin_formsets"][0].formset
        assert len(duties.forms) <= MOST_ROWS


@pytest.mark.both_databases
class TestChecking:
    @pytest.fixture
    def stale(self):
        figure = Figure.objects.get(role__slug="sales-manager", measure="median_pay")
        Figure.objects.exclude(pk=figure.pk).update(checked_on=timezone.localdate())
        Figure.objects.filter(pk=figure.pk).update(checked_on=None)
        return figure

    def marked(self, client, figures):
        selection = {"action": "mark_as_checked", "_selected_action": [f.pk for f in figures]}
        return client.post("/admin/roles/figure/", selection, follow=True)

    @pytest.mark.parametrize(("query", "count"), [("?stale=yes", 1), ("?stale=no", 233)])
    def test_stale_figures_can_be_filtered(self, editor, stale, query, count):
        response = editor.get(f"/admin/roles/figure/{query}")
        assert response.context["cl"].result_count == count

    def test_marking_a_figure_as_checked_records_who_did_it(self, editor, stale):
        html = self.marked(editor, [stale]).content.decode()
        assert re.search('<li class="success">1 figure ', html)
        stale.refresh_from_db()
        assert stale.checked_on == timezone.localdate()
        latest = stale.history.first()
        assert (latest.history_user.username, latest.checked_on) == ("editor", stale.checked_on)

    def test_figure_checked_today_is_not_written_again(self, editor, stale):
        self.marked(editor, [stale])
        count = stale.history.count()
        html = self.marked(editor, [stale]).content.decode()
        assert re.search('<li class="success">0 figures ', html)
        assert stale.history.count() == count

    def test_check_survives_a_load_and_is_not_an_edit(self, editor, stale):
        self.marked(editor, [stale])
        loaded = load_roles()
        assert (loaded.kept, loaded.created, loaded.updated) == (0, 0, 0)
        stale.refresh_from_db()
        assert stale.checked_on == timezone.localdate()

    def test_viewer_cannot_mark_figures_as_checked(self, client, stale):
        viewer = User.objects.create_user("viewer", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_figure"))
        sign_in(client, viewer)
        assert "mark_as_checked" not in html_of(client, "/admin/roles/figure/")
        self.marked(client, [stale])
        stale.refresh_from_db()
        assert stale.checked_on is None


class TestFigureAdmin:
    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("", 234),
            ("?source__key__exact=zippia", 37),
            ("?measure=median_pay", 5),
            ("?is_published__exact=0", 8),
            ("?region=Vancouver%2C+BC%2C+Canada", 5),
            ("?q=persuasion", 4),
            ("?role__isnull=True", 8),
            ("?dated=no", 44),
            ("?dated=yes", 190),
            ("?source__kind__exact=article", 45),
            ("?about=people", 8),
            ("?about=work", 226),
        ],
    )
    @pytest.mark.both_databases
    def test_figures_can_be_searched_and_filtered(self, editor, query, count):
        query = query.replace(
            "source__key__exact=zippia",
            f"source__id__exact={Source.objects.get(key='zippia').pk}",
        )
        response = editor.get(f"/admin/roles/figure/{query}")
        assert response.context["cl"].result_count == count

    def test_list_of_figures_takes_few_queries(self, editor, django_assert_max_num_queries):
        with django_assert_max_num_queries(12):
            editor.get("/admin/roles/figure/")

    def test_list_names_undated_figures_and_all_occupations(self, editor):
        for column, query in (("shown_period", "q=Payroll"), ("shown_role", "role__isnull=True")):
            html = html_of(editor, f"/admin/roles/figure/?{query}")
            (words,) = set(re.findall(rf'class="field-{column}">([^<]*)<', html))
            assert words.strip(" -")

    def test_figure_without_value_and_words_is_a_form_error(self, editor):
        figure = Figure.objects.get(role__slug="sales-manager", measure="median_pay")
        address = f"/admin/roles/figure/{figure.pk}/change/"
        values = values_at(editor, address) | {"value": ""}
        response = editor.post(address, values)
        assert response.status_code == 200
        (constraint,) = (
            each for each in Figure._meta.constraints if each.name == "figure_has_number_or_words"
        )
        errors = response.context["adminform"].form.non_field_errors()
        assert errors == [constraint.violation_error_message]
        assert str(constraint.violation_error_message) in response.content.decode()

    @pytest.fixture
    def pay(self):
        return Figure.objects.get(role__slug="sales-representative", measure="median_pay_hourly")

    def sent(self, editor, row, **typed):
        return editor.post(page_of(row), values_at(editor, page_of(row)) | typed)

    @pytest.mark.parametrize(
        "typed",
        [
            {"value": "99999"},
            {"value": "3465"},
            {"value": "3.465"},
            {"value": "0"},
            {"value": "-34.65"},
            {"percentile": "9", "percentile_of": "879"},
            {"percentile": "97", "percentile_of": "8"},
        ],
    )
    def test_large_change_is_saved_only_after_a_question(self, editor, pay, typed):
        Figure.objects.filter(pk=pay.pk).update(percentile=97, percentile_of=879)
        before = Figure.objects.filter(pk=pay.pk).values()[0]
        response = self.sent(editor, pay, note_en="Typed.", **typed)
        form = response.context["adminform"].form
        assert response.status_code == 200
        assert list(form.errors) == ["is_right"]
        assert form["note_en"].value() == "Typed."
        box = re.search(r'<input type="checkbox" name="is_right"[^>]*>', response.content.decode())
        assert "checked" not in box[0]
        assert Figure.objects.filter(pk=pay.pk).values()[0] == before

        assert self.sent(editor, pay, is_right="on", **typed).status_code == 302
        assert Figure.objects.filter(pk=pay.pk).values()[0] != before

    def test_question_shows_the_old_and_the_new_value(self, editor, pay):
        error = self.sent(editor, pay, value="99999").context["adminform"].form.errors["is_right"]
        old = exact_number(pay.value)
        assert old in str(error)
        assert "99,999" in str(error)

    def test_change_up_to_twice_is_saved_without_a_question(self, editor, pay):
        assert self.sent(editor, pay, value=str(pay.value * 2)).status_code == 302

    def test_box_stays_when_another_field_is_refused(self, editor, pay):
        response = self.sent(editor, pay, value="99999", is_right="on", region="")
        assert list(response.context["adminform"].form.errors) == ["region"]
        assert 'name="is_right"' in response.content.decode()
        assert 'type="checkbox" name="is_right"' in response.content.decode()

    def test_question_is_hidden_until_it_is_asked(self, editor, pay):
        html = html_of(editor, page_of(pay))
        assert '<input type="hidden" name="is_right"' in html

    def test_viewer_sees_no_question(self, client, pay):
        viewer = User.objects.create_user("viewer", is_staff=True)
        viewer.user_permissions.add(Permission.objects.get(codename="view_figure"))
        sign_in(client, viewer)
        assert "is_right" not in html_of(client, page_of(pay))

    def test_form_keeps_a_measure_without_a_label(self, editor):
        figure = Figure.objects.first()
        Figure.objects.filter(pk=figure.pk).update(measure="brand_new")
        source = html_of(editor, f"/admin/roles/figure/{figure.pk}/change/")
        assert '<option value="brand_new" selected>' in source


@pytest.mark.both_databases
def test_source_with_figures_cannot_be_deleted(editor):
    source = Figure.objects.first().source
    response = editor.post(page_of(source, "delete"), {"post": "yes"})
    assert response.context["protected"]
    assert Source.objects.filter(pk=source.pk).exists()


@pytest.mark.slow
@pytest.mark.parametrize("hidden", ["\u202e", "\u2066", "\x07"], ids=ascii)
def test_text_that_garbles_its_surroundings_is_refused(editor, small_role, hidden):
    texts = {"title_en", "summary_en", "duties-0-text_en", "skills-0-name_en"}
    values = values_at(editor, page_of(small_role), empty="")
    response = editor.post(
        page_of(small_role), values | dict.fromkeys(texts, f"Sales {hidden}manager")
    )
    assert response.status_code == 200
    assert fields_with_errors(response) == texts
    assert response.content.decode().count("garble the text around it") >= len(texts)
    small_role.refresh_from_db()
    assert small_role.title == "Sales manager"


def test_hostile_texts_are_escaped(editor):
    Role.objects.update(title_en="<script>alert(1)</script>")
    Source.objects.update(name_en="<script>alert(1)</script>")
    for address in ("/admin/roles/role/", "/admin/roles/figure/", "/admin/roles/source/"):
        assert "<script>alert" not in html_of(editor, address)


def test_private_method_for_missing_rows_is_as_in_django_5_2():
    signature = inspect.signature(ModelAdmin._get_obj_does_not_exist_redirect)
    assert str(signature) == "(self, request, opts, object_id)", (
        f"Django {django.get_version()} changed ModelAdmin._get_obj_does_not_exist_redirect. "
        "It was checked with Django 5.2, in django/contrib/admin/options.py. Compare both, then "
        "its call in roles/admin/history.py."
    )
