import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("roles", "0005_checked_on_and_stale_after"),
    ]

    operations = [
        migrations.AlterField(
            model_name="duty",
            name="text_en",
            field=models.CharField(
                help_text="One task as a sentence, such as “Answer calls and messages.”",
                max_length=300,
                verbose_name="duty",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="category",
            field=models.CharField(
                blank=True,
                help_text="Which degree or which rated skill, in the source's own words. Leave empty if the measure has no categories.",
                max_length=80,
                verbose_name="category",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="checked_on",
            field=models.DateField(
                blank=True,
                help_text="The date of the last comparison with the source.",
                null=True,
                verbose_name="checked on",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="currency",
            field=models.CharField(
                blank=True,
                help_text="USD or CAD for pay. Leave empty for anything else.",
                max_length=3,
                verbose_name="currency",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="is_published",
            field=models.BooleanField(
                default=True,
                help_text="Uncheck to keep the figure without showing it on any page.",
                verbose_name="published",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="occupation",
            field=models.CharField(
                blank=True,
                help_text="Official code and title of the people counted, such as “11-2022 Sales Managers”.",
                max_length=160,
                verbose_name="occupation counted",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="percentile",
            field=models.DecimalField(
                blank=True,
                decimal_places=1,
                help_text="How many of 100 occupations rank lower (0 to 100). Ties count half. Leave empty if there is no ranking.",
                max_digits=4,
                null=True,
                verbose_name="percentile",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="percentile_of",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="number of occupations ranked"
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="period",
            field=models.CharField(
                blank=True,
                help_text="The year or month as the source states it, such as “May 2025”. If empty, pages say “undated”.",
                max_length=20,
                verbose_name="period",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="role",
            field=models.ForeignKey(
                blank=True,
                help_text="Leave empty for all occupations together, the benchmark for roles.",
                null=True,
                on_delete=django.db.models.deletion.CASCADE,
                related_name="figures",
                to="roles.role",
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="text_en",
            field=models.TextField(
                blank=True,
                help_text="What the source says instead of a number. Separate several entries with “; ”.",
                verbose_name="words",
            ),
        ),
        migrations.AlterField(
            model_name="figure",
            name="value_high",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Only for a range. For 4 to 6 years, the value is 4 and this is 6.",
                max_digits=16,
                null=True,
                verbose_name="end of the range",
            ),
        ),
        migrations.AlterField(
            model_name="historicalduty",
            name="text_en",
            field=models.CharField(
                help_text="One task as a sentence, such as “Answer calls and messages.”",
                max_length=300,
                verbose_name="duty",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="category",
            field=models.CharField(
                blank=True,
                help_text="Which degree or which rated skill, in the source's own words. Leave empty if the measure has no categories.",
                max_length=80,
                verbose_name="category",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="checked_on",
            field=models.DateField(
                blank=True,
                help_text="The date of the last comparison with the source.",
                null=True,
                verbose_name="checked on",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="currency",
            field=models.CharField(
                blank=True,
                help_text="USD or CAD for pay. Leave empty for anything else.",
                max_length=3,
                verbose_name="currency",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="is_published",
            field=models.BooleanField(
                default=True,
                help_text="Uncheck to keep the figure without showing it on any page.",
                verbose_name="published",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="occupation",
            field=models.CharField(
                blank=True,
                help_text="Official code and title of the people counted, such as “11-2022 Sales Managers”.",
                max_length=160,
                verbose_name="occupation counted",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="percentile",
            field=models.DecimalField(
                blank=True,
                decimal_places=1,
                help_text="How many of 100 occupations rank lower (0 to 100). Ties count half. Leave empty if there is no ranking.",
                max_digits=4,
                null=True,
                verbose_name="percentile",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="percentile_of",
            field=models.PositiveIntegerField(
                blank=True, null=True, verbose_name="number of occupations ranked"
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="period",
            field=models.CharField(
                blank=True,
                help_text="The year or month as the source states it, such as “May 2025”. If empty, pages say “undated”.",
                max_length=20,
                verbose_name="period",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="role",
            field=models.ForeignKey(
                blank=True,
                db_constraint=False,
                help_text="Leave empty for all occupations together, the benchmark for roles.",
                null=True,
                on_delete=django.db.models.deletion.DO_NOTHING,
                related_name="+",
                to="roles.role",
                verbose_name="role",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="text_en",
            field=models.TextField(
                blank=True,
                help_text="What the source says instead of a number. Separate several entries with “; ”.",
                verbose_name="words",
            ),
        ),
        migrations.AlterField(
            model_name="historicalfigure",
            name="value_high",
            field=models.DecimalField(
                blank=True,
                decimal_places=4,
                help_text="Only for a range. For 4 to 6 years, the value is 4 and this is 6.",
                max_digits=16,
                null=True,
                verbose_name="end of the range",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpassage",
            name="key",
            field=models.SlugField(
                help_text="Pages find this text by it, so don't change it. Visitors never see it.",
                verbose_name="short name",
            ),
        ),
        migrations.AlterField(
            model_name="historicalpassage",
            name="text_en",
            field=models.TextField(
                help_text="What visitors read. Start a new paragraph with an empty line.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="education_note_en",
            field=models.TextField(blank=True, verbose_name="note on education"),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="occupation_code",
            field=models.CharField(
                help_text="Code in the US Standard Occupational Classification (SOC), such as 43-4051.",
                max_length=12,
                verbose_name="official code",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="occupation_is_closest",
            field=models.BooleanField(
                default=False,
                help_text="Check this if no official occupation matches the role exactly. Pages then say so.",
                verbose_name="closest official occupation only",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="order",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Position in lists of roles. 1 comes first.",
                verbose_name="order",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="outlook_note_en",
            field=models.TextField(blank=True, verbose_name="note on the outlook"),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="pathway_en",
            field=models.TextField(
                help_text="First and next steps. Start a new paragraph with an empty line.",
                verbose_name="how to get there",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="pay_note_en",
            field=models.TextField(
                blank=True,
                help_text="Why one source reports more than another. Don't repeat amounts: figures show them. If empty, the page leaves it out.",
                verbose_name="why pay figures differ",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="slug",
            field=models.SlugField(
                help_text="The last part of the page's address, such as sales-manager. If you change it, links break.",
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="summary_en",
            field=models.CharField(
                help_text="What people in this role do, in one sentence. Shown below the title and in lists of roles.",
                max_length=200,
                verbose_name="summary",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="title_plural_en",
            field=models.CharField(
                help_text="As in the middle of a sentence, such as “sales representatives”.",
                max_length=80,
                verbose_name="title, plural",
            ),
        ),
        migrations.AlterField(
            model_name="historicalrole",
            name="work_en",
            field=models.TextField(
                help_text="A few paragraphs separated by empty lines. Leave pay out: figures show it.",
                verbose_name="what the work is",
            ),
        ),
        migrations.AlterField(
            model_name="historicalskill",
            name="meaning_en",
            field=models.CharField(
                help_text="How the work uses this skill, in one sentence.",
                max_length=250,
                verbose_name="what it means",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsource",
            name="about_en",
            field=models.TextField(
                blank=True,
                help_text="Who or what is counted, in a sentence or two, shown at the foot of pages.",
                verbose_name="what it counts",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsource",
            name="attribution_en",
            field=models.TextField(
                blank=True,
                help_text="The text that the license requires, shown at the foot of every page that uses the source.",
                verbose_name="attribution",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsource",
            name="cites",
            field=models.CharField(
                blank=True,
                help_text="The source that an article quotes, such as Glassdoor.",
                max_length=80,
                verbose_name="cites",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsource",
            name="key",
            field=models.CharField(
                db_index=True,
                help_text="Identifies the source in files, such as bls-oews. Don't change it.",
                max_length=40,
                verbose_name="short name",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsource",
            name="licence",
            field=models.CharField(
                choices=[
                    ("public domain", "public domain"),
                    ("CC BY 4.0", "CC BY 4.0"),
                    ("fact", "single figures, quoted as facts"),
                ],
                max_length=20,
                verbose_name="license",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsource",
            name="name_en",
            field=models.CharField(
                help_text="The full name with publisher and edition, shown at the foot of pages.",
                max_length=200,
                verbose_name="name",
            ),
        ),
        migrations.AlterField(
            model_name="historicalsource",
            name="stale_after_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Figures that were last checked more days ago are listed as stale. Use about 400 for a yearly table. If empty, figures never become stale.",
                null=True,
                verbose_name="stale after (days)",
            ),
        ),
        migrations.AlterField(
            model_name="passage",
            name="key",
            field=models.SlugField(
                help_text="Pages find this text by it, so don't change it. Visitors never see it.",
                unique=True,
                verbose_name="short name",
            ),
        ),
        migrations.AlterField(
            model_name="passage",
            name="text_en",
            field=models.TextField(
                help_text="What visitors read. Start a new paragraph with an empty line.",
                verbose_name="text",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="education_note_en",
            field=models.TextField(blank=True, verbose_name="note on education"),
        ),
        migrations.AlterField(
            model_name="role",
            name="occupation_code",
            field=models.CharField(
                help_text="Code in the US Standard Occupational Classification (SOC), such as 43-4051.",
                max_length=12,
                verbose_name="official code",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="occupation_is_closest",
            field=models.BooleanField(
                default=False,
                help_text="Check this if no official occupation matches the role exactly. Pages then say so.",
                verbose_name="closest official occupation only",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="order",
            field=models.PositiveSmallIntegerField(
                default=0,
                help_text="Position in lists of roles. 1 comes first.",
                verbose_name="order",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="outlook_note_en",
            field=models.TextField(blank=True, verbose_name="note on the outlook"),
        ),
        migrations.AlterField(
            model_name="role",
            name="pathway_en",
            field=models.TextField(
                help_text="First and next steps. Start a new paragraph with an empty line.",
                verbose_name="how to get there",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="pay_note_en",
            field=models.TextField(
                blank=True,
                help_text="Why one source reports more than another. Don't repeat amounts: figures show them. If empty, the page leaves it out.",
                verbose_name="why pay figures differ",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="slug",
            field=models.SlugField(
                help_text="The last part of the page's address, such as sales-manager. If you change it, links break.",
                unique=True,
                verbose_name="address",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="summary_en",
            field=models.CharField(
                help_text="What people in this role do, in one sentence. Shown below the title and in lists of roles.",
                max_length=200,
                verbose_name="summary",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="title_plural_en",
            field=models.CharField(
                help_text="As in the middle of a sentence, such as “sales representatives”.",
                max_length=80,
                verbose_name="title, plural",
            ),
        ),
        migrations.AlterField(
            model_name="role",
            name="work_en",
            field=models.TextField(
                help_text="A few paragraphs separated by empty lines. Leave pay out: figures show it.",
                verbose_name="what the work is",
            ),
        ),
        migrations.AlterField(
            model_name="skill",
            name="meaning_en",
            field=models.CharField(
                help_text="How the work uses this skill, in one sentence.",
                max_length=250,
                verbose_name="what it means",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="about_en",
            field=models.TextField(
                blank=True,
                help_text="Who or what is counted, in a sentence or two, shown at the foot of pages.",
                verbose_name="what it counts",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="attribution_en",
            field=models.TextField(
                blank=True,
                help_text="The text that the license requires, shown at the foot of every page that uses the source.",
                verbose_name="attribution",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="cites",
            field=models.CharField(
                blank=True,
                help_text="The source that an article quotes, such as Glassdoor.",
                max_length=80,
                verbose_name="cites",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="key",
            field=models.CharField(
                help_text="Identifies the source in files, such as bls-oews. Don't change it.",
                max_length=40,
                unique=True,
                verbose_name="short name",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="licence",
            field=models.CharField(
                choices=[
                    ("public domain", "public domain"),
                    ("CC BY 4.0", "CC BY 4.0"),
                    ("fact", "single figures, quoted as facts"),
                ],
                max_length=20,
                verbose_name="license",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="name_en",
            field=models.CharField(
                help_text="The full name with publisher and edition, shown at the foot of pages.",
                max_length=200,
                verbose_name="name",
            ),
        ),
        migrations.AlterField(
            model_name="source",
            name="stale_after_days",
            field=models.PositiveSmallIntegerField(
                blank=True,
                help_text="Figures that were last checked more days ago are listed as stale. Use about 400 for a yearly table. If empty, figures never become stale.",
                null=True,
                verbose_name="stale after (days)",
            ),
        ),
        migrations.AlterConstraint(
            model_name="figure",
            name="figure_range_runs_upwards",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("value_high", None), ("value_high__gt", models.F("value")), _connector="OR"
                ),
                name="figure_range_runs_upwards",
                violation_error_message="The end of a range must be greater than its start.",
            ),
        ),
        migrations.AlterConstraint(
            model_name="figure",
            name="figure_percentile_says_of_how_many",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    models.Q(("percentile", None), ("percentile_of", None)),
                    models.Q(
                        ("percentile__gte", 0),
                        ("percentile__isnull", False),
                        ("percentile__lte", 100),
                        ("percentile_of__gt", 0),
                        ("percentile_of__isnull", False),
                    ),
                    _connector="OR",
                ),
                name="figure_percentile_says_of_how_many",
                violation_error_message="Enter a percentile (0 to 100) and the number of occupations ranked.",
            ),
        ),
    ]
