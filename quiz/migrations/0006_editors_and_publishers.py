"""The groups of people who work in the admin; an administrator may change them afterwards."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations
from django.db.models import Q

PARTS = ["wording", "scaleanswer", "trait", "item", "backgroundquestion", "backgroundoption"]
OF_QUIZ = ["questionnaireversion", *PARTS]
OF_ROLES = ["source", "role", "skill", "duty", "figure", "difference", "sharedskill", "passage"]
RIGHTS_OF_EDITORS = ["view", "add", "change", "delete"]
RIGHTS_OF_PUBLISHERS = ["publish", "retire"]


def rights(app_label, models, actions):
    """Return the condition of the permissions for these actions on these models."""
    codenames = [f"{action}_{model}" for action in actions for model in models]
    return Q(content_type__app_label=app_label, codename__in=codenames)


def add_groups(apps, schema_editor):
    # Django writes permissions after all migrations; here they are needed before.
    for label in ("quiz", "roles"):
        create_permissions(installed.get_app_config(label), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects
    for name, condition in {
        "Editors": rights("quiz", OF_QUIZ, RIGHTS_OF_EDITORS)
        | rights("roles", OF_ROLES, RIGHTS_OF_EDITORS),
        "Publishers": rights("quiz", OF_QUIZ, ["view"])
        | rights("quiz", ["questionnaireversion"], RIGHTS_OF_PUBLISHERS),
    }.items():
        group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name=name)
        if is_new:
            group.permissions.set(permissions.filter(condition))


class Migration(migrations.Migration):
    dependencies = [
        ("quiz", "0005_beginning_of_history"),
        ("roles", "0004_beginning_of_history"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_groups, migrations.RunPython.noop)]
