"""The codebook of a counselor's export."""

from quiz.attempts.models import Attempt
from quiz.core.scopes import VERDICT
from quiz.counseling.exporting import Selection, codebook_file
from quiz.counseling.models import Disclosure
from quiz.results.tables.lines import SEMICOLONS
from tests.answers import SHIPPED
from tests.factories import NOON, disclose, make_client
from tests.quiz.counseling.exporting.files import table, whole


class TestTheCodebook:
    def rows(self, counselor) -> list[dict[str, str]]:
        heading, *rows = table(codebook_file(Selection.of(counselor), "en"))
        return [dict(zip(heading, row, strict=True)) for row in rows]

    def test_codebook_explains_every_column_in_order(self, counselor):
        disclose(make_client(counselor))
        listed = list(dict.fromkeys(row["column"] for row in self.rows(counselor)))
        assert listed == [*table(whole(counselor))[0], "#format", "#end", "#use"]
        assert all(row["meaning"] for row in self.rows(counselor))

    def test_codebook_is_written_like_the_results(self, counselor):
        file = codebook_file(Selection.of(counselor), "en", SEMICOLONS)
        (first, *_rest) = file.decode("utf-8-sig").splitlines()
        assert first.startswith("column;meaning;unit;")

    def test_codebook_says_when_flags_are_not_named(self, counselor):
        (row,) = [row for row in self.rows(counselor) if row["column"] == "flags"]
        assert "Unless the scope is answers, only the highest level." in row["meaning"]

    def test_codebook_has_statements_keying_and_scale(self, counselor):
        disclose(make_client(counselor))
        rows = {row["column"]: row for row in self.rows(counselor)}
        for item in SHIPPED.items:
            row = rows[f"item_{item.key}"]
            assert (row["statement"], row["trait"]) == (item.text["en"], item.trait)
            assert ("raises" in row["keying"]) == (item.keying > 0)
            assert "5: Strongly agree" in row["range"]

    def test_reworded_statement_has_an_entry_per_version(self, counselor, live, draft):
        disclose(make_client(counselor))
        draft.items.filter(key="P1").update(text_en="Other words")
        draft.publish()
        attempt = Attempt.objects.get()
        Attempt.objects.create(
            **{
                field.attname: getattr(attempt, field.attname)
                for field in Attempt._meta.concrete_fields
                if field.attname not in ("id", "code_hash", "version_id")
            },
            code_hash="0" * 64,
            version_id=draft.pk,
        )
        Disclosure.objects.create(
            attempt=Attempt.objects.last(), client=make_client(counselor), scope=VERDICT, at=NOON
        )
        rows = [row for row in self.rows(counselor) if row["column"] in ("item_P1", "item_P2")]
        assert [(row["column"], row["versions"]) for row in rows] == [
            ("item_P1", "2"),
            ("item_P1", "1"),
            ("item_P2", "2, 1"),
        ]
        assert rows[0]["statement"] == "Other words"
