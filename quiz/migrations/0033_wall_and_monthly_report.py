import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quiz", "0032_meetings"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.AlterField(
            model_name="auditentry",
            name="action",
            field=models.CharField(
                choices=[
                    ("saw", "Opened a result"),
                    ("compared", "Compared results"),
                    ("reported", "Opened a group report"),
                    ("showed", "Showed results in class"),
                    ("exported", "Exported results"),
                    ("invited", "Invitation"),
                    ("changed", "Edited a client"),
                    ("handed over", "Handed over a client"),
                    ("deleted", "Deleted a client"),
                    ("met", "Meeting"),
                    ("erased", "Your client deleted a meeting"),
                ],
                max_length=12,
            ),
        ),
        migrations.CreateModel(
            name="Dot",
            fields=[
                (
                    "attempt",
                    models.OneToOneField(
                        db_constraint=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        primary_key=True,
                        related_name="dot",
                        serialize=False,
                        to="quiz.attempt",
                    ),
                ),
                ("batch", models.UUIDField()),
                ("batch_size", models.PositiveSmallIntegerField()),
            ],
            options={
                "ordering": ["pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportedMonth",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("first_day", models.DateField(unique=True)),
                ("counted_at", models.DateTimeField(auto_now_add=True)),
            ],
            options={
                "ordering": ["-first_day"],
                "permissions": [("view_monthly_report", "Can see the monthly report")],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportedRow",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("is_rest", models.BooleanField(default=False)),
                ("invited", models.PositiveIntegerField()),
                ("started", models.PositiveIntegerField()),
                ("finished", models.PositiveIntegerField()),
                ("shared", models.PositiveIntegerField()),
                ("verdicts", models.JSONField(null=True)),
                (
                    "group",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to="quiz.clientgroup",
                    ),
                ),
                (
                    "month",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="quiz.reportedmonth",
                    ),
                ),
            ],
            options={
                "ordering": ["month", "is_rest", "group__folded", "pk"],
                "default_permissions": (),
            },
        ),
        migrations.CreateModel(
            name="ReportOpening",
            fields=[
                (
                    "id",
                    models.BigAutoField(
                        auto_created=True, primary_key=True, serialize=False, verbose_name="ID"
                    ),
                ),
                ("at", models.DateTimeField(auto_now_add=True, verbose_name="at")),
                (
                    "how",
                    models.CharField(
                        choices=[("page", "opened the page"), ("file", "downloaded the file")],
                        max_length=4,
                        verbose_name="what they did",
                    ),
                ),
                (
                    "user",
                    models.ForeignKey(
                        db_constraint=False,
                        null=True,
                        on_delete=django.db.models.deletion.SET_NULL,
                        related_name="+",
                        to=settings.AUTH_USER_MODEL,
                        verbose_name="user",
                    ),
                ),
            ],
            options={
                "verbose_name": "opening of the monthly report",
                "verbose_name_plural": "openings of the monthly report",
                "ordering": ["-at", "-id"],
            },
        ),
    ]
