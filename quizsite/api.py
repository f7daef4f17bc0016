"""The JSON API, version 1. Its OpenAPI document is at /api/v1/openapi.json."""

from ninja import NinjaAPI

from roles.api import router as roles

api = NinjaAPI(
    title="Sales or service?",
    version="1",
    description=(
        "Roles in sales and customer service, and figures on them, each with its source. Show the "
        "attribution of a source wherever you show its figures."
    ),
    docs_url=None,  # that page loads scripts from another site
    urls_namespace="api-1",
)
api.add_router("/roles", roles)
