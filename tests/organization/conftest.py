import pytest


@pytest.fixture
def northside(content):
    """A site with a name, a contact and everything else that isn't a color or picture."""
    from organization.models import Organization

    return Organization.objects.create(
        name="Northside <Careers>",
        short_name="Northside",
        contact_name="Ms. Ada Brown",
        contact_phone="+1 (555) 0100 ext. 7",
        contact_hours="Mondays",
        contact_link="mailto:ada@northside.example",
        privacy_url="https://northside.example/privacy?a=1&b=2",
        imprint_url="https://northside.example/imprint",
        country="CA",
        most_unfinished_days=10,
        most_finished_days=20,
    )
