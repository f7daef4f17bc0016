"""The sources that a page credits."""

import pytest

from roles.credits import sources_used
from roles.models import Role, Source
from roles.queries import figures_by_role
from roles.sections import Column, sections
from tests.roles.pages import SERVICE_LEAD

pytestmark = pytest.mark.usefixtures("content")


@pytest.fixture
def tables():
    role = Role.objects.get(slug=SERVICE_LEAD)
    column = Column(role.title, figures_by_role([role])[role], stands_in=role.occupation_title)
    return sections([column])


def test_official_sources_come_first_with_the_occupation_that_they_counted(tables):
    used = sources_used(tables)
    assert [each.source.key for each in used] == ["bls-oews", "onet-29.3", "onet-30.1", "zippia"]
    for each in used[:-1]:
        assert [counted.column for counted in each.counted] == ["Customer service manager"]
        assert "First-Line Supervisors of Office" in each.counted[0].occupation
    assert used[-1].counted == ()


def test_source_of_a_text_is_credited_without_figures(tables):
    cited = Source.objects.get(key="article-glassdoor")
    used = sources_used(tables, cited=[cited])
    assert used[-2].source == cited
    assert (used[-2].counted, used[-2].checked) == ((), ())
