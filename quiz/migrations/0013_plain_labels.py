import django.core.validators
import django.db.models.functions.text
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("quiz", "0012_interest"),
    ]

    operations = [
        migrations.AlterModelOptions(
            name="auditentry",
            options={
                "ordering": ["-at", "-id"],
                "verbose_name": "audit log entry",
                "verbose_name_plural": "audit log",
            },
        ),
        migrations.AlterModelOptions(
            name="clientgroup",
            options={
                "ordering": [django.db.models.functions.text.Lower("name"), "id"],
                "verbose_name": "client group",
                "verbose_name_plural": "client groups",
            },
        ),
        migrations.AlterModelOptions(
            name="clientinvitation",
            options={
                "ordering": ["-created_at", "id"],
                "verbose_name": "client invitation",
                "verbose_name_plural": "client invitations",
            },
        ),
        migrations.AlterModelOptions(
            name="counselorinvitation",
            options={
                "ordering": ["-created_at", "-id"],
                "verbose_name": "counselor invitation",
                "verbose_name_plural": "counselor invitations",
            },
        ),
        migrations.AlterModelOptions(
            name="disclosure",
            options={
                "ordering": ["-at", "id"],
                "verbose_name": "shared result",
                "verbose_name_plural": "shared results",
            },
        ),
        migrations.AlterModelOptions(
            name="folding",
            options={
                "verbose_name": "counting progress",
                "verbose_name_plural": "counting progress",
            },
        ),
        migrations.AlterModelOptions(
            name="grouplink",
            options={
                "ordering": ["-created_at", "id"],
                "verbose_name": "group link",
                "verbose_name_plural": "group links",
            },
        ),
        migrations.AlterField(
            model_name="backgroundquestion",
            name="key",
            field=models.CharField(
                help_text="A short name. B1 (years), B2 (leading a team) and B3 (school) help to choose the job page, so keep them. Others are only stored with the answers.",
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_-]*\\Z",
                        "Use letters, digits, - and _ only, beginning with a letter or digit.",
                    )
                ],
                verbose_name="key",
            ),
        ),
        migrations.AlterField(
            model_name="clientinvitation",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="clientinvitation",
            name="expires_at",
            field=models.DateTimeField(verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="counselorinvitation",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="counselorinvitation",
            name="expires_at",
            field=models.DateTimeField(verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="grouplink",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="grouplink",
            name="expires_at",
            field=models.DateTimeField(verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="historicalbackgroundquestion",
            name="key",
            field=models.CharField(
                help_text="A short name. B1 (years), B2 (leading a team) and B3 (school) help to choose the job page, so keep them. Others are only stored with the answers.",
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_-]*\\Z",
                        "Use letters, digits, - and _ only, beginning with a letter or digit.",
                    )
                ],
                verbose_name="key",
            ),
        ),
        migrations.AlterField(
            model_name="historicalitem",
            name="is_asked",
            field=models.BooleanField(
                default=True,
                help_text="Visitors answer it. If it isn't asked, it is a spare: it stays in the version but doesn't count.",
                verbose_name="asked",
            ),
        ),
        migrations.AlterField(
            model_name="historicalitem",
            name="key",
            field=models.CharField(
                help_text="A short name for editors and exports, such as P1. Keep it when wording changes.",
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_-]*\\Z",
                        "Use letters, digits, - and _ only, beginning with a letter or digit.",
                    )
                ],
                verbose_name="key",
            ),
        ),
        migrations.AlterField(
            model_name="historicalitem",
            name="keying",
            field=models.SmallIntegerField(
                choices=[(1, "+1: the high end"), (-1, "-1: the low end")],
                verbose_name="favored end",
            ),
        ),
        migrations.AlterField(
            model_name="historicalitem",
            name="order",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Its place in the quiz; 1 comes first.", verbose_name="order"
            ),
        ),
        migrations.AlterField(
            model_name="historicalitem",
            name="rationale",
            field=models.TextField(
                blank=True,
                help_text="For editors only: what it measures and where it comes from.",
                max_length=2000,
                verbose_name="why it is asked",
            ),
        ),
        migrations.AlterField(
            model_name="historicalitem",
            name="text_en",
            field=models.CharField(
                help_text="What visitors agree or disagree with: one thought in the first person, up to about 14 words.",
                max_length=300,
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="historicalquestionnaireversion",
            name="items_per_page",
            field=models.PositiveSmallIntegerField(
                default=6,
                help_text="How many statements a page shows. Six fill it well; more than eight make it long on a phone.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="statements per page",
            ),
        ),
        migrations.AlterField(
            model_name="historicaltrait",
            name="high_gloss_en",
            field=models.CharField(
                help_text="Starts with “You”: “You like to make the first move.”",
                max_length=200,
                verbose_name="high end in a sentence",
            ),
        ),
        migrations.AlterField(
            model_name="historicaltrait",
            name="key",
            field=models.CharField(
                help_text="A short name for editors and exports, such as “targets”. Keep it when wording changes.",
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_-]*\\Z",
                        "Use letters, digits, - and _ only, beginning with a letter or digit.",
                    )
                ],
                verbose_name="key",
            ),
        ),
        migrations.AlterField(
            model_name="historicaltrait",
            name="low_gloss_en",
            field=models.CharField(
                help_text="Starts with “You”: “You like to respond well when people need you.”",
                max_length=200,
                verbose_name="low end in a sentence",
            ),
        ),
        migrations.AlterField(
            model_name="historicaltrait",
            name="weight",
            field=models.FloatField(
                help_text="Its share in the suggestion: 0.35 means 35%. The weights of all traits must add up to 1.",
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="weight",
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="is_asked",
            field=models.BooleanField(
                default=True,
                help_text="Visitors answer it. If it isn't asked, it is a spare: it stays in the version but doesn't count.",
                verbose_name="asked",
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="key",
            field=models.CharField(
                help_text="A short name for editors and exports, such as P1. Keep it when wording changes.",
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_-]*\\Z",
                        "Use letters, digits, - and _ only, beginning with a letter or digit.",
                    )
                ],
                verbose_name="key",
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="keying",
            field=models.SmallIntegerField(
                choices=[(1, "+1: the high end"), (-1, "-1: the low end")],
                verbose_name="favored end",
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="order",
            field=models.PositiveSmallIntegerField(
                default=0, help_text="Its place in the quiz; 1 comes first.", verbose_name="order"
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="rationale",
            field=models.TextField(
                blank=True,
                help_text="For editors only: what it measures and where it comes from.",
                max_length=2000,
                verbose_name="why it is asked",
            ),
        ),
        migrations.AlterField(
            model_name="item",
            name="text_en",
            field=models.CharField(
                help_text="What visitors agree or disagree with: one thought in the first person, up to about 14 words.",
                max_length=300,
                verbose_name="statement",
            ),
        ),
        migrations.AlterField(
            model_name="questionnaireversion",
            name="items_per_page",
            field=models.PositiveSmallIntegerField(
                default=6,
                help_text="How many statements a page shows. Six fill it well; more than eight make it long on a phone.",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(100),
                ],
                verbose_name="statements per page",
            ),
        ),
        migrations.AlterField(
            model_name="sharelink",
            name="created_at",
            field=models.DateTimeField(auto_now_add=True, verbose_name="created"),
        ),
        migrations.AlterField(
            model_name="sharelink",
            name="expires_at",
            field=models.DateTimeField(verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="trait",
            name="high_gloss_en",
            field=models.CharField(
                help_text="Starts with “You”: “You like to make the first move.”",
                max_length=200,
                verbose_name="high end in a sentence",
            ),
        ),
        migrations.AlterField(
            model_name="trait",
            name="key",
            field=models.CharField(
                help_text="A short name for editors and exports, such as “targets”. Keep it when wording changes.",
                max_length=32,
                validators=[
                    django.core.validators.RegexValidator(
                        "^[A-Za-z0-9][A-Za-z0-9_-]*\\Z",
                        "Use letters, digits, - and _ only, beginning with a letter or digit.",
                    )
                ],
                verbose_name="key",
            ),
        ),
        migrations.AlterField(
            model_name="trait",
            name="low_gloss_en",
            field=models.CharField(
                help_text="Starts with “You”: “You like to respond well when people need you.”",
                max_length=200,
                verbose_name="low end in a sentence",
            ),
        ),
        migrations.AlterField(
            model_name="trait",
            name="weight",
            field=models.FloatField(
                help_text="Its share in the suggestion: 0.35 means 35%. The weights of all traits must add up to 1.",
                validators=[django.core.validators.MinValueValidator(0)],
                verbose_name="weight",
            ),
        ),
    ]
