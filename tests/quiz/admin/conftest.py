import pytest


@pytest.fixture
def editor(client, content):
    """The browser of someone in the group of editors."""
    from django.contrib.auth.models import Group, User

    from tests.factories import sign_in

    user = User.objects.create_user("petra", is_staff=True)
    user.groups.add(Group.objects.get(name="Editors"))
    sign_in(client, user)
    return client
