"""Methods that are private to Django, and that the admin overrides.

Django may change them in any release without a note. These tests compare them with the release
that the code was written for, so that an upgrade fails here and not in an editor's form.
"""

import inspect

import django
import pytest
from django.contrib.admin import ModelAdmin
from django.forms import ModelForm

CHECKED_WITH = "5.2"
OVERRIDDEN = [
    pytest.param(
        ModelAdmin,
        "_changeform_view",
        "(self, request, object_id, form_url, extra_context)",
        ModelAdmin.changeform_view,
        "django/contrib/admin/options.py",
        id="ModelAdmin._changeform_view",
    ),
    pytest.param(
        ModelForm,
        "_get_validation_exclusions",
        "(self)",
        ModelForm._post_clean,
        "django/forms/models.py",
        id="ModelForm._get_validation_exclusions",
    ),
]


@pytest.mark.parametrize(("owner", "name", "signature", "caller", "file"), OVERRIDDEN)
def test_private_method_is_called_as_in_the_checked_release(owner, name, signature, caller, file):
    advice = (
        f"Django {django.get_version()} changed {owner.__name__}.{name}. The admin was checked "
        f"with Django {CHECKED_WITH}. Compare {file} of both releases, then the override in "
        "quiz/admin/drafts/screens.py, then update this test."
    )
    method = getattr(owner, name, None)
    assert method is not None, advice
    assert str(inspect.signature(method)) == signature, advice
    assert f"self.{name}(" in inspect.getsource(caller), advice


def test_django_saves_inside_the_transaction_that_locks_the_version():
    source = inspect.getsource(ModelAdmin.changeform_view)
    opened = source.find("with transaction.atomic(")
    called = source.rfind("return self._changeform_view(")
    assert 0 < opened < called, (
        f"Django {django.get_version()} no longer opens a transaction in "
        "ModelAdmin.changeform_view before it calls _changeform_view (checked with Django "
        f"{CHECKED_WITH}, django/contrib/admin/options.py). Without it, the lock in "
        "quiz/admin/drafts/screens.py ends before the save."
    )
