"""For templates: words that are the same for everybody, and numbers as people read them."""

from django import template
from django.template.base import NodeList, Parser, Token
from django.utils.formats import get_format
from django.utils.translation import get_language

from quiz.wording import fixed_text, plain_text

register = template.Library()


class OnceNode(template.Node):
    """Rendered once per language and kept: what stands inside may use no variable."""

    def __init__(self, nodelist: NodeList) -> None:
        self.nodelist = nodelist
        self.html_by_language: dict[str | None, str] = {}

    def render(self, context: template.Context) -> str:
        language = get_language()
        html = self.html_by_language.get(language)
        if html is None:
            html = self.html_by_language[language] = self.nodelist.render(context.new())
        return html


@register.tag
def once(parser: Parser, token: Token) -> OnceNode:
    """`{% once %} ... {% endonce %}`: translations and addresses that no visitor changes."""
    nodelist = parser.parse(("endonce",))
    parser.delete_first_token()
    return OnceNode(nodelist)


def _localized(text: str) -> str:
    mark = get_format("DECIMAL_SEPARATOR")
    return text if mark == "." else text.replace(".", mark)


@register.filter
def fixed(value: float, digits: int) -> str:
    """Round to so many digits, halves up, in the reader's language."""
    return _localized(fixed_text(value, digits))


@register.filter
def plain(value: float) -> str:
    """Give up to five digits, as many as there are."""
    return _localized(plain_text(value))
