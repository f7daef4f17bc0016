"""What is sent of a template: no indentation, and nothing for a line of silent tags."""

import pytest
from django.template.loader import get_template, render_to_string

from quizsite.template_loader import without_indentation


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        pytest.param("<ul>\n  <li>a</li>\n</ul>\n", "<ul><li>a</li></ul>", id="indentation"),
        pytest.param("<p>a</p>\n\n\n<p>b</p>\n", "<p>a</p><p>b</p>", id="blank lines"),
        pytest.param(
            "<p>\n  <a>a</a>\n  <b>b</b>\n</p>\n",
            "<p><a>a</a>\n<b>b</b></p>",
            id="links in a line stay apart",
        ),
        pytest.param(
            "a\n{% if b %}\n  b\n{% else %}\n  c\n{% endif %}\nd\n",
            "a\n{% if b %}b\n{% else %}c\n{% endif %}d\n",
            id="words around a tag stay apart",
        ),
        pytest.param(
            "{# Needs `a`. #}\n{% load i18n %}\n{{ a }}\n",
            "{# Needs `a`. #}{% load i18n %}{{ a }}\n",
            id="the head of a partial leaves nothing",
        ),
        pytest.param(
            'a\n{% url "b" as c %}\n{{ c }}\n', 'a\n{% url "b" as c %}{{ c }}\n', id="assignment"
        ),
        pytest.param(
            '{% translate "a" %}\n{{ b }}\n',
            '{% translate "a" %}\n{{ b }}\n',
            id="tags that print keep their line break",
        ),
        pytest.param(
            "a{% if b %}\n  b{% endif %}\n", "a{% if b %}\nb{% endif %}\n", id="a tag within a line"
        ),
        pytest.param(
            "{% block a %}\n  b\n{% endblock %}\n",
            "{% block a %}\nb\n{% endblock %}\n",
            id="a block is joined to the line it replaces",
        ),
        pytest.param(
            "a\n{% endfor %}{% endif %}\nb\n", "a\n{% endfor %}{% endif %}b\n", id="tags in a row"
        ),
    ],
)
def test_only_whitespace_that_can_t_be_seen_is_left_out(source, sent):
    assert without_indentation(source) == sent


def test_a_page_is_sent_without_indentation():
    html = render_to_string("quiz/deleted.html")
    assert html.startswith("<!doctype html>")
    assert "\n " not in html


def test_plain_text_is_sent_as_written():
    assert "\n    {{ code }}\n" in get_template("quiz/code_email.txt").template.source
