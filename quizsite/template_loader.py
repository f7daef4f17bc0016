"""Load the site's own templates without the whitespace that only their authors need.

Templates are indented, and a tag such as `{% if %}` has a line of its own. Sent as written, that
would make a result a third larger, and pages that show something personal are never compressed.
"""

import re

from django.conf import settings
from django.template import Origin
from django.template.loaders import filesystem

AROUND_LINE_BREAKS = re.compile(r"\s*\n\s*")
SILENT_TAGS = "if elif else endif for empty endfor with endwith once endonce load"
# A line of nothing but comments and tags that print nothing, up to and with its line break.
SILENT_LINES = re.compile(
    r"^((?:\{#.*?#\}|\{% (?:(?:"
    + "|".join(SILENT_TAGS.split())
    + r")\b(?:(?!%\}).)*|(?:(?!%\}).)* as \w+ )%\})+)\n",
    re.MULTILINE,
)
# Elements that start on a line of their own, or are shapes of a picture: browsers ignore the
# whitespace at their edges.
BLOCKS = (
    "html|head|body|meta|link|title|div|p|ul|ol|li|section|header|footer|main|nav|h[1-6]|dl|dt|dd|"
    "table|thead|tbody|tr|td|th|figure|figcaption|form|fieldset|"
    "defs|linearGradient|radialGradient|stop|pattern|circle|ellipse|rect|path|line|g"
)
BREAK_AFTER_BLOCK = re.compile(rf"(</?(?:{BLOCKS})\b[^<>]*>)\n")
BREAK_BEFORE_BLOCK = re.compile(rf"\n(?=</?(?:{BLOCKS})\b)")


def without_indentation(source: str) -> str:
    """Keep one line break where there was whitespace around one, unless it can't be seen.

    That is so at the edges of blocks, and on silent lines. Words stay apart: the line before a
    silent one keeps its line break.
    """
    source = SILENT_LINES.sub(r"\1", AROUND_LINE_BREAKS.sub("\n", source))
    return BREAK_BEFORE_BLOCK.sub("", BREAK_AFTER_BLOCK.sub(r"\1", source))


class Loader(filesystem.Loader):
    def get_contents(self, origin: Origin) -> str:
        source = super().get_contents(origin)
        # Line breaks of an e-mail in plain text can be seen, and Django's error pages count lines.
        is_left_alone = settings.DEBUG or not origin.name.endswith(".html")
        return source if is_left_alone else without_indentation(source)
