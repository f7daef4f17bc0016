from django.db import migrations

from quiz.web.fields import FoldedNameField

NAMED = ("client", "clientgroup", "counselor", "tag")


class Migration(migrations.Migration):
    dependencies = [("quiz", "0013_plain_labels")]

    operations = [
        migrations.RemoveConstraint("clientgroup", "group_name_once"),
        migrations.RemoveConstraint("tag", "tag_name_once"),
        migrations.RemoveIndex("client", "client_by_name"),
        *(
            migrations.AddField(name, "folded", FoldedNameField(default=""), preserve_default=False)
            for name in NAMED
        ),
    ]
