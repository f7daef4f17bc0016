"""How hard an English text is to read, as a school grade. Pure.

The Flesch-Kincaid formula: J. P. Kincaid, R. P. Fishburne, R. L. Rogers and B. S. Chissom,
"Derivation of New Readability Formulas for Navy Enlisted Personnel", Research Branch Report 8-75
(1975). Syllables are counted from the spelling, which is right for over nine words in ten.
"""

import re
from functools import lru_cache

_WORD = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)*|\d+(?:[.,]\d+)*")
# No space follows a period inside a number or an abbreviation.
_SENTENCE_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s|$)")


def words_of(text: str) -> list[str]:
    """Split into words and numbers; a hyphen separates words."""
    return _WORD.findall(text)


def sentence_count(text: str) -> int:
    """Count the sentences; the last one may lack a period."""
    return sum(bool(_WORD.search(part)) for part in _SENTENCE_END.split(text))


def grade(*texts: str) -> float:
    """Grade all texts together; 0.0 if there are no words."""
    words = [word for text in texts for word in words_of(text)]
    if not words:
        return 0.0
    sentences = sum(map(sentence_count, texts))
    return 0.39 * len(words) / sentences + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


# ---------------------------------------------------------------- syllables

# Common words that the rules below get wrong.
_BY_HEART = {
    **dict.fromkeys(("brilliant", "business", "cashier", "evening", "evenings", "every"), 2),
    **dict.fromkeys(("frontier", "premier", "science", "soldier", "wednesday"), 2),
    **dict.fromkeys(("anyone", "area", "areas", "businesses", "element", "elements"), 3),
    **dict.fromkeys(("everyone", "everything", "familiar", "idea", "ideas"), 3),
    **dict.fromkeys(("recipe", "recipes", "scientist", "scientists"), 3),
    "everybody": 4,
}

# u after q or g isn't a vowel (quick, guess), and neither is y before a vowel (yes, player).
_CONSONANT_U = re.compile(r"(?<=q)u|(?<=(?<!r)g)u(?=[aeiy])")
_CONSONANT_Y = re.compile(r"(?:^|(?<=[aeou]))y(?=[aeiou])")

_VOWELS = re.compile(r"[aeiouy]+")

# Adjacent vowels that are pronounced separately; each adds a syllable.
_SAID_APART = re.compile(
    r"""
      [aeiouy](?=ing)                       # being, doing, trying
    | (?<![tcsgnlxh])i(?=o)(?!or$|ors$)     # period, serious; not nation, region, million
    | ri(?=ors?$) | i(?=o$)                 # superior, ratio
    | (?<![tcs])i(?=a)(?!age)               # trial, reliable; not social, marriage
    | i(?=at(?:e|es|ed|ing|ion|ions|ors?)$) # negotiate, associate
    | i(?=u)                                # medium
    | (?<![tcsfhr])i(?=en) | (?<=[ae]r)i(?=en) | ori(?=ent)  # client, experience; not friend
    | i(?=et(?!$)) | (?<=[dqv])i(?=ets?$)   # society, quiet, diet
    | (?<=[aeiouy].)i(?=e(?:r|rs|st)$) | (?<=[aeiouy]..)i(?=e(?:r|rs|st)$)  # easier, happiest
    | (?<!s)u(?=a) | su(?=al)               # actual, usual; not persuade
    | u(?=e[lnt]) | u(?=ou)                 # influence, continuous
    | u(?=it(?:y|ies|ion|ive)) | [lr]u(?=i[dn])  # intuition, fluid, ruin
    | ^(?:re)?cre(?=at(?!u)) | ^ide(?=als?$) # create, ideal; not creature
    | ^re(?=act|a(?:ss|pp|rr)|ali[szt]|inf|or|use) | ^the(?=at|or)  # react, reality, theory
    | e(?=os?$) | ^[gn]e(?=o) | [nt]e(?=ous) # video, spontaneous
    | o(?=e[tm]) | ^co(?=op|ord|in) | a(?=os)  # poet, cooperate, chaos
    | s(?=ms?$) | th(?=ms?$)                # enthusiasm, rhythm
    """,
    re.VERBOSE,
)

# A silent e; each removes a syllable.
_SILENT_E = re.compile(
    r"""
      (?<![aeiou])(?<![^aeiouylrw]l)(?<![cgt]r)e$         # like; not table, centre
    | (?<![aeiousxzcg])(?<![cs]h)(?<![^aeiouylrw]l)e(?=s$) # likes; not boxes, tables
    | (?<![aeioutd])(?<![^aeiouylrw]l)(?<![dtc]r)e(?=d$)  # liked; not wanted, handled
    | (?<=[aeiouy][^aeiouy])e(?=(?:ly|ful|fully|less|lessly|ness|ments?)$)
    | (?<=[aeiouy][^aeiouy][^aeiouyl])e(?=(?:ly|ful|fully|less|lessly|ness|ments?)$)
    | (?<=^som|^hom|^lif|^tim|^mor|^car|^not|^cas|^bas|^saf|^wid)e(?=[b-df-hk-np-qs-twy]\w*[aeiouy])
    | (?<=^ther|^wher|^stat|^spac|^pric|^hous)e(?=[b-df-hk-np-qs-twy]\w*[aeiouy])
    """,
    re.VERBOSE,
)


@lru_cache(maxsize=8192)
def syllables(word: str) -> int:
    """Count the syllables of an English word or number, at least 1."""
    whole = word.casefold().replace("’", "'")
    stem, _, ending = whole.partition("'")
    # An e with an accent is pronounced.
    plain = stem.replace("é", "i")
    count = _BY_HEART.get(plain) or _count_by_spelling(plain)
    if ending == "t" and re.search(r"[dst]n$", stem):
        count += 1  # didn't; not can't
    if ending == "s" and re.search(r"(?:[sxz]|[cs]h|[cgs]e)$", stem):
        count += 1  # boss's
    return count


def _count_by_spelling(word: str) -> int:
    spelled = _CONSONANT_Y.sub("j", _CONSONANT_U.sub("", word))
    groups = len(_VOWELS.findall(spelled))
    apart = len(_SAID_APART.findall(spelled))
    return max(1, groups + apart - len(_SILENT_E.findall(spelled)))
