import gc
import weakref

import pytest
from django.template import Context, Template, TemplateSyntaxError
from django.utils import translation

from quiz.web import rendering


def render(source, **values):
    return Template("{% load quiz_words i18n %}" + source).render(Context(values))


def test_once_renders_once_per_language():
    once = "{% once %}{% get_current_language as code %}{{ code }}{% endonce %}"
    template = Template("{% load quiz_words i18n %}" + once)
    assert template.render(Context()) == "en"
    with translation.override("de"):
        assert template.render(Context()) == "de"
    assert template.render(Context()) == "en"


def test_once_hides_variables_of_the_visitor():
    assert render("{% once %}[{{ name }}]{% endonce %}", name="Ada") == "[]"


def test_once_with_a_name_renders_once_per_value():
    source = "{% load quiz_words %}{% once theme %}[{{ theme }}{{ name }}]{% endonce %}"
    template = Template(source)
    shown = [template.render(Context({"theme": t, "name": "Ada"})) for t in ("dark", "", "dark")]
    assert shown == ["[dark]", "[]", "[dark]"]
    assert len(rendering._parts[template.nodelist[1]]) == 2


def test_once_with_an_expression_renders_once_per_value_of_it():
    source = "{% load quiz_words %}{% once n=rows|length %}[{{ n }}{{ rows }}]{% endonce %}"
    template = Template(source)
    shown = [template.render(Context({"rows": rows})) for rows in ("ab", "cd", "abc")]
    assert shown == ["[2]", "[2]", "[3]"]
    assert len(rendering._parts[template.nodelist[1]]) == 2


def test_once_with_an_expression_without_a_name_is_refused():
    with pytest.raises(TemplateSyntaxError, match=r"rows\.first"):
        Template("{% load quiz_words %}{% once rows.first %}{% endonce %}")


def test_parts_of_one_place_are_forgotten_when_there_are_too_many(monkeypatch):
    monkeypatch.setattr(rendering, "MOST_PARTS", 2)
    template = Template("{% load quiz_words %}{% once n %}[{{ n }}]{% endonce %}")
    shown = [template.render(Context({"n": n})) for n in (1, 2, 3, 1)]
    assert shown == ["[1]", "[2]", "[3]", "[1]"]
    assert len(rendering._parts[template.nodelist[1]]) == 2


@pytest.mark.slow
def test_once_does_not_keep_a_template_that_was_reloaded():
    template = Template("{% load quiz_words %}{% once %}[]{% endonce %}")
    template.render(Context())
    node = weakref.ref(template.nodelist[1])
    assert node() in rendering._parts
    del template
    gc.collect()
    assert node() is None


def test_numbers_have_the_decimal_sign_of_the_language():
    assert render("{{ value|fixed:1 }} {{ value|plain }}", value=2.8125) == "2.8 2.8125"
    with translation.override("de"):
        assert render("{{ value|fixed:1 }} {{ value|plain }}", value=2.8125) == "2,8 2,8125"
