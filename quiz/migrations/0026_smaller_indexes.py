import django.db.models.deletion
from django.db import migrations, models

from quiz.attempts.indexes import (
    AddIndexWithoutPause,
    DropIndexOfField,
    RemoveIndexWithoutPause,
)

HASHES = {
    "attempt": ["code_hash"],
    "sharelink": ["nonce", "token_hash"],
    "counselorinvitation": ["nonce", "token_hash"],
    "clientinvitation": ["nonce", "token_hash", "code_hash"],
    "grouplink": ["nonce", "token_hash", "code_hash"],
}


class Migration(migrations.Migration):
    atomic = False

    dependencies = [
        ("quiz", "0025_index_unfinished_attempts"),
    ]

    operations = [
        AddIndexWithoutPause(
            model_name="attempt",
            index=models.Index(
                fields=["series"],
                condition=models.Q(("series__gt", "")),
                name="attempt_in_series",
            ),
        ),
        AddIndexWithoutPause(
            model_name="attempt",
            index=models.Index(
                fields=["client"],
                condition=models.Q(("client__isnull", False)),
                name="attempt_of_client",
            ),
        ),
        AddIndexWithoutPause(
            model_name="attempt",
            index=models.Index(
                fields=["finished_at", "id"],
                condition=models.Q(("finished_at__isnull", False)),
                name="attempt_finished",
            ),
        ),
        RemoveIndexWithoutPause(model_name="attempt", name="attempt_series"),
        RemoveIndexWithoutPause(model_name="attempt", name="attempt_saved"),
        RemoveIndexWithoutPause(model_name="attempt", name="attempt_newest_finished"),
        # To SQLite, another option of a field is a reason to copy the table.
        migrations.SeparateDatabaseAndState(
            database_operations=[DropIndexOfField("attempt", "client")],
            state_operations=[
                migrations.AlterField(
                    model_name="attempt",
                    name="client",
                    field=models.ForeignKey(
                        db_index=False,
                        editable=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="attempts",
                        to="quiz.client",
                    ),
                ),
            ],
        ),
        # No query looks for a part of a hash.
        *(
            DropIndexOfField(model, field, "_like")
            for model, fields in HASHES.items()
            for field in fields
        ),
    ]
