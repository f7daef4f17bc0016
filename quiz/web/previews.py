"""Requests that fetch a page ahead or for a preview, without a person who looks at it. Pure."""

import re
from collections.abc import Mapping

# How messengers, social sites and search engines name themselves, mostly in the words "bot",
# "crawler" or "preview". Browsers inside apps, such as "Telegram-Android" or "Line/13", are people,
# and so are phones of the brand Cubot.
_FETCHERS = re.compile(
    r"""
    (?<!cu)bot(?![a-z]) | crawl | spider | slurp | preview | scraper | kakaotalk-scrap
    | facebookexternalhit | facebookcatalog | facebot | meta-external | ^whatsapp/ | ^viber/
    | line-poker | slack-img | vkshare | embedly | iframely | flipboardproxy | onebox | ^xing-
    | mastodon | pleroma | akkoma | misskey | lemmy | cardyb | rocket\.chat | ^pinterest/ | ^tumblr/
    | mediapartners-google | google-(?:pagerenderer|read-aloud|inspectiontool|safety) | googleother
    | googleimageproxy | google\ favicon | ia_archiver | ms-office | chrome-lighthouse
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Headers of browsers that load a page before anyone asks for it, the last three from older ones.
_AHEAD = ("Sec-Purpose", "Purpose", "X-Purpose", "X-Moz")


def is_fetched_ahead(headers: Mapping[str, str]) -> bool:
    """Return whether a program fetches a page, or a browser in case someone will look at it.

    Some can't be told from a person: they send the same headers as a browser.
    """
    purposes = " ".join(headers.get(name, "") for name in _AHEAD).lower()
    return (
        re.search("prefetch|prerender|preview", purposes) is not None
        or _FETCHERS.search(headers.get("User-Agent", "")) is not None
    )
