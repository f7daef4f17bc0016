"""The JSON interface, version 1, with its OpenAPI document at /api/v1/openapi.json."""

from ninja import NinjaAPI

from roles.api import router as roles

api = NinjaAPI(
    title="Sales or service?",
    version="1",
    description=(
        "Roles in sales and customer service, and figures on them, each with its source. Show the "
        "attribution of a source wherever you show its figures."
    ),
    docs_url=None,  # its page loads scripts of another site
    urls_namespace="api-1",
)
api.add_router("/roles", roles)
