"""Addresses under /counselor/, in the namespace `quiz`."""

from django.urls import URLPattern, path

from quiz.counseling.views import (
    caseload,
    client,
    comparison,
    export,
    groups,
    inviting,
    joining,
    large_export,
    log,
    results,
)

urlpatterns: list[URLPattern] = [
    path("join/<path:token>/", joining.join, name="join"),
    path("", caseload.caseload, name="caseload"),
    path("log/", log.audit_log, name="audit_log"),
    path("export/", export.export, name="export"),
    path("export.csv", export.export_csv, name="export_csv"),
    path("export.xlsx", export.export_xlsx, name="export_xlsx"),
    path("export-codebook.csv", export.export_codebook, name="export_codebook"),
    path("export/make/", large_export.export_make, name="export_make"),
    path("export/<uuid:file_id>/", large_export.export_file, name="export_file"),
    path("export/<uuid:file_id>/file/", large_export.export_download, name="export_download"),
    path("compare/", comparison.client_comparison, name="client_comparison"),
    path("clients/new/", client.client_add, name="client_add"),
    path("clients/<uuid:client_id>/", client.client, name="client"),
    path("clients/<uuid:client_id>/edit/", client.client_edit, name="client_edit"),
    path("clients/<uuid:client_id>/delete/", client.client_delete, name="client_delete"),
    path("clients/<uuid:client_id>/handover/", client.client_handover, name="client_handover"),
    path("clients/<uuid:client_id>/invite/", inviting.client_invite, name="client_invite"),
    path("clients/<uuid:client_id>/uninvite/", inviting.client_uninvite, name="client_uninvite"),
    path("clients/<uuid:client_id>/notes/", client.note_add, name="note_add"),
    path(
        "clients/<uuid:client_id>/notes/<uuid:note_id>/delete/",
        client.note_delete,
        name="note_delete",
    ),
    path("results/<uuid:disclosure_id>/", results.client_result, name="client_result"),
    path("results/<uuid:disclosure_id>.pdf", results.client_result_pdf, name="client_result_pdf"),
    path("results/<uuid:disclosure_id>/preparation/", results.preparation, name="preparation"),
    path(
        "results/<uuid:disclosure_id>/preparation.pdf",
        results.preparation_pdf,
        name="preparation_pdf",
    ),
    path("groups/", groups.client_groups, name="client_groups"),
    path("groups/<uuid:group_id>/", groups.client_group, name="client_group"),
    path("groups/<uuid:group_id>/edit/", groups.client_group_edit, name="client_group_edit"),
    path("groups/<uuid:group_id>/delete/", groups.client_group_delete, name="client_group_delete"),
    path("groups/<uuid:group_id>/link/", groups.group_link, name="group_link"),
    path("groups/<uuid:group_id>/unlink/", groups.group_unlink, name="group_unlink"),
    path("groups/<uuid:group_id>/poster/", groups.group_poster, name="group_poster"),
    path("groups/<uuid:group_id>/report/", groups.group_report, name="group_report"),
]
