"""The group of people who may see the monthly report, next to Editors and Publishers."""

from django.apps import apps as installed
from django.contrib.auth.management import create_permissions
from django.db import migrations


def add_group(apps, schema_editor):
    # Django writes permissions after all migrations; here it is needed before.
    create_permissions(installed.get_app_config("quiz"), verbosity=0, apps=apps)
    permissions = apps.get_model("auth", "Permission").objects
    group, is_new = apps.get_model("auth", "Group").objects.get_or_create(name="Heads of service")
    if is_new:
        group.permissions.set(permissions.filter(codename="view_monthly_report"))


class Migration(migrations.Migration):
    dependencies = [
        ("quiz", "0033_wall_and_monthly_report"),
        ("auth", "0012_alter_user_first_name_max_length"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(add_group, migrations.RunPython.noop)]
