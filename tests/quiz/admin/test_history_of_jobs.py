"""The history of job pages and figures, and restoring an earlier state."""

import pytest

from roles.content import load_roles
from roles.models import Difference, Figure, Passage, Role, SharedSkill, Source
from tests.pages import page_of, text_of
from tests.quiz.admin.history_pages import edit, entries, form_of, state
from tests.quiz.admin.pages import BEYOND_64_BIT, client_who_may, levels_of

pytestmark = pytest.mark.django_db


class TestHistoryOfRolesAndFigures:
    def test_history_of_a_role_includes_its_duties(self, editor):
        role = Role.objects.get(slug="sales-manager")
        edit(editor, role, summary_en="Edited.", **{"duties-0-text_en": "A new duty."})
        new = {delta.new for entry in entries(editor, role) for delta in entry.deltas}
        assert {"Edited.", "A new duty."} <= new

    @pytest.mark.parametrize(
        ("model", "typed"),
        [
            (Role, {"summary_en": "Edited."}),
            (Figure, {"note_en": "Edited."}),
            (Source, {"about_en": "Edited."}),
            (Difference, {"topic_en": "Edited."}),
            (SharedSkill, {"meaning_en": "Edited."}),
            (Passage, {"text_en": "Edited."}),
        ],
        ids=lambda value: getattr(value, "__name__", ""),
    )
    def test_shipped_state_is_restored_from_its_history_after_an_edit(self, editor, model, typed):
        row = model.objects.first()
        before = model.objects.filter(pk=row.pk).values()[0]
        edit(editor, row, **typed)
        edited, shipped = entries(editor, row)
        assert (edited.url, edited.is_present) == ("", True)
        editor.post(shipped.url, form_of(editor.get(shipped.url)))
        assert model.objects.filter(pk=row.pk).values()[0] == before
        assert load_roles().kept == 0

    @pytest.mark.parametrize("text_field", ["duties-0-text_en", "skills-0-meaning_en"])
    def test_shipped_duty_or_skill_is_restored_from_the_history_of_its_role(
        self, editor, text_field
    ):
        role = Role.objects.get(slug="sales-manager")
        edit(editor, role, **{text_field: "Edited."})
        shipped = next(entry for entry in entries(editor, role) if entry.url)
        assert 'name="_save"' in text_of(editor.get(shipped.url))
        response = editor.post(shipped.url, follow=True)
        assert levels_of(response) == ["success"]
        assert load_roles().kept == 0

    def test_deleted_duty_is_restored_from_the_history_of_its_role(self, editor):
        role = Role.objects.get(slug="sales-manager")
        before = list(role.duties.values())
        edit(editor, role, **{"duties-0-DELETE": "on"})
        [deleted] = [entry for entry in entries(editor, role) if entry.kind == "deleted"]
        editor.post(deleted.url)
        assert list(role.duties.values()) == before

    def test_current_state_is_not_offered(self, editor):
        figure = Figure.objects.first()
        [entry] = entries(editor, figure)
        assert (entry.url, entry.is_present) == ("", True)
        assert 'data-earlier="no"' in text_of(editor.get(page_of(figure, "history")))
        assert 'name="_save"' not in text_of(editor.get(state(figure)))

    def test_restoring_the_current_state_says_that_nothing_changed(self, editor):
        figure = Figure.objects.first()
        response = editor.post(state(figure), form_of(editor.get(state(figure))), follow=True)
        assert levels_of(response) == ["info"]
        assert figure.history.count() == 1

    def test_part_like_its_earlier_state_is_not_saved_again(self, editor):
        role = Role.objects.get(slug="sales-manager")
        duty = role.duties.first()
        address = f"{page_of(role, 'history')}duty/{duty.history.first().pk}/"
        assert 'name="_save"' not in text_of(editor.get(address))
        assert levels_of(editor.post(address, follow=True)) == ["info"]
        assert duty.history.count() == 1

    @pytest.mark.parametrize("name", ["figure", "source", "nothing"])
    def test_part_of_another_kind_or_row_is_404(self, editor, name):
        role, other = Role.objects.all()[:2]
        number = other.duties.first().history.first().pk
        assert editor.get(f"{page_of(role, 'history')}{name}/{number}/").status_code == 404
        assert editor.get(f"{page_of(role, 'history')}duty/{number}/").status_code == 404
        assert editor.get(f"{page_of(role, 'history')}duty/{BEYOND_64_BIT}/").status_code == 404

    def test_viewer_cannot_restore_a_part(self, client, content):
        client_who_may(client, "view_role", "view_duty")
        role = Role.objects.first()
        duty = role.duties.first()
        before = duty.history.first().pk
        duty.text_en = "Edited."
        duty.save()
        address = f"{page_of(role, 'history')}duty/{before}/"
        assert 'name="_save"' not in text_of(client.get(address))
        assert client.post(address).status_code == 403
        duty.refresh_from_db()
        assert duty.text_en == "Edited."

    def test_part_is_not_shown_without_a_right_to_it(self, client, content):
        client_who_may(client, "view_role")
        role = Role.objects.first()
        number = role.duties.first().history.first().pk
        address = f"{page_of(role, 'history')}duty/{number}/"
        assert client.get(address).status_code == 403

    def test_figure_can_be_restored(self, editor):
        figure = Figure.objects.filter(value__isnull=False).first()
        before = figure.value
        edit(editor, figure, value="1", is_right="on")
        editor.post(state(figure), form_of(editor.get(state(figure))))
        figure.refresh_from_db()
        assert figure.value == before
