"""Telling programs and pages that are loaded ahead from people who look."""

import pytest

from quiz.web.previews import is_fetched_ahead

pytestmark = pytest.mark.pure

PROGRAMS = [
    "WhatsApp/2.23.20.0 A",
    "WhatsApp/2",  # Signal
    "Slackbot-LinkExpanding 1.0 (+https://api.slack.com/robots)",
    "Slack-ImgProxy (+https://api.slack.com/robots)",
    "TelegramBot (like TwitterBot)",
    "Twitterbot/1.0",
    "facebookexternalhit/1.1 (+http://www.facebook.com/externalhit_uatext.php)",
    "facebookexternalhit/1.1 Facebot Twitterbot/1.0",  # iMessage
    "facebookexternalhit/1.1;line-poker/1.0",
    "meta-externalagent/1.1",
    "LinkedInBot/1.0 (compatible; Mozilla/5.0; Apache-HttpClient +http://www.linkedin.com)",
    "Mozilla/5.0 (compatible; Discordbot/2.0; +https://discordapp.com)",
    "Mozilla/5.0 (Windows NT 6.1; WOW64) SkypeUriPreview Preview/0.5",
    "Mozilla/5.0 (compatible; Googlebot/2.1; +http://www.google.com/bot.html)",
    "Mozilla/5.0 (compatible; Google-PageRenderer; +https://developers.google.com)",
    "Mozilla/5.0 AppleWebKit/537.36 (KHTML, like Gecko; compatible; bingbot/2.0) Chrome/120.0",
    "Mozilla/5.0 (Windows NT 6.1) Chrome/27 Safari/537.36 BingPreview/1.0b",
    "http.rb/5.1.1 (Mastodon/4.2.1; +https://mastodon.social/)",
    "Mozilla/5.0 (compatible; redditbot/1.0; +http://www.reddit.com/feedback)",
    "Viber/13.3.1",
    "Mozilla/5.0 (compatible; Pinterestbot/1.0; +https://www.pinterest.com/bot.html)",
    "Mozilla/5.0 (Macintosh) AppleWebKit/605.1.15 Safari/605.1.15 (Applebot/0.1)",
    "Snap URL Preview Service; bot; snapchat.com",
    "vkShare; (+http://vk.com/dev/Share)",
]
PEOPLE = [
    "",
    "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Safari/604.1",
    "Mozilla/5.0 (Linux; Android 10; CUBOT_NOTE_20) AppleWebKit/537.36 Chrome/120.0 Mobile",
    "Mozilla/5.0 (Linux; Android 9; CUBOT X19) AppleWebKit/537.36 Chrome/120.0 Mobile",
    "Mozilla/5.0 (Linux; Android 14) Chrome/120.0 Mobile Safari/537.36 Telegram-Android/11.2",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Mobile/15E148 Safari Line/14.5.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) [FBAN/FBIOS;FBAV/450.0]",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Instagram 320.0.0",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) Snapchat/12.80 (like Safari/604.1)",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) [Pinterest/iOS]",
]
AHEAD = [
    {"Sec-Purpose": "prefetch"},
    {"Sec-Purpose": "prefetch;prerender"},
    {"Sec-Purpose": "prefetch;anonymous-client-ip"},
    {"Purpose": "prefetch"},
    {"X-Purpose": "preview"},
    {"X-Moz": "prefetch"},
]


@pytest.mark.parametrize("agent", PROGRAMS)
def test_programs_that_fetch_links_are_recognized(agent):
    assert is_fetched_ahead({"User-Agent": agent})


@pytest.mark.parametrize("agent", PEOPLE)
def test_browsers_of_people_are_left_alone(agent):
    assert not is_fetched_ahead({"User-Agent": agent})


@pytest.mark.parametrize("header", AHEAD, ids=str)
def test_pages_that_a_browser_loads_ahead_are_recognized(header):
    assert is_fetched_ahead({"User-Agent": PEOPLE[1], **header})
