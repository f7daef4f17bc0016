import re

from django.db import migrations

BATCH = 500


def replace_names_by_ids(apps, schema_editor):
    """Store ids in the audit log, and drop the addresses of invitations from the admin's log."""
    entries = apps.get_model("quiz", "AuditEntry").objects
    groups, names = {}, {}
    for group in apps.get_model("quiz", "ClientGroup").objects.all():
        groups[group.counselor_id, group.name] = group.pk
    for counselor in apps.get_model("quiz", "Counselor").objects.all():
        names.setdefault(counselor.name, []).append(counselor.pk)
    changed = []
    keys = {"link", "email", "taken back"}
    for entry in entries.filter(action__in=["reported", "handed over", "invited"]):
        before = entry.detail
        if not before or (entry.action == "invited" and before in keys):
            continue
        if entry.action == "handed over":
            way, _, name = before.partition(" ")
            same_name = names.get(name, [])
            # Two colleagues may have one name, and a name may have changed since then.
            entry.detail = f"{way} {same_name[0] if len(same_name) == 1 else ''}"
        else:
            name = before if entry.action == "reported" else re.sub("^group ", "", before)
            entry.detail = f"group {groups.get((entry.counselor_id, name), '')}"
        changed.append(entry)
    entries.bulk_update(changed, ["detail"], BATCH)

    log = apps.get_model("admin", "LogEntry").objects.filter(
        content_type__app_label="quiz", content_type__model="counselorinvitation"
    )
    rows = list(log)
    for row in rows:
        row.object_repr = f"Invitation {row.object_id}"
    log.model.objects.bulk_update(rows, ["object_repr"], BATCH)


class Migration(migrations.Migration):
    dependencies = [
        ("quiz", "0023_first_passwords"),
        ("admin", "0003_logentry_add_action_flag_choices"),
        ("contenttypes", "0002_remove_content_type_name"),
    ]

    operations = [migrations.RunPython(replace_names_by_ids, migrations.RunPython.noop)]
