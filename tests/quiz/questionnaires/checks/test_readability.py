import pytest

from quiz.questionnaires.checks.readability import grade, sentence_count, syllables, words_of

pytestmark = pytest.mark.pure

WORDS = {
    1: "I like work help goes year yes me friend piece tried makes helped called eye guess quick "
    "league build strong once hired deal reach type asked learned judged can't we'll",
    2: "being seeing doing player people table simple handled hundred wanted boxes changes someone "
    "useful likely careful quiet client question nation region million special social value argue "
    "unique colleague persuade create reader poet contact never homework didn't boss's business "
    "issue settled marriage study rely science target worthwhile answered maybe chaos rhythm",
    3: "serious period previous usual continue revenue creative studying media idea area video "
    "customer influence efficient achievement easier happiest theory violent diary beautiful "
    "settlement element statistics industry quality guarantee telephone resilience",
    4: "experience negotiate material reliable situation evaluate society variety information "
    "appreciate initiative cooperate spontaneous superior intuition usually conversation",
    5: "negotiation communication organization individual opportunity curiosity enthusiasm",
    6: "responsibility organisational interdepartmental",
}
LISTED = [(word, count) for count, words in WORDS.items() for word in words.split()]


class TestSyllables:
    def test_over_nine_in_ten_of_a_word_list_are_right(self):
        wrong = {word for word, count in LISTED if syllables(word) != count}
        assert len(LISTED) > 130
        assert len(wrong) < len(LISTED) / 30, wrong

    @pytest.mark.parametrize(
        ("word", "count"),
        [
            ("make", 1),
            ("table", 2),
            ("wanted", 2),
            ("liked", 1),
            ("boxes", 2),
            ("likes", 1),
            ("nation", 2),
            ("period", 3),
            ("trial", 2),
            ("social", 2),
            ("happy", 2),
            ("yes", 1),
            ("player", 2),
            ("studying", 3),
            ("something", 2),
            ("management", 3),
            ("statement", 2),
            ("didn't", 2),
            ("don't", 1),
            ("didn’t", 2),
            ("LIKED", 1),
            ("café", 2),
            ("hmm", 1),
            ("2026", 1),
        ],
    )
    def test_endings_and_vowel_pairs(self, word, count):
        assert syllables(word) == count


class TestSentences:
    @pytest.mark.parametrize(
        ("text", "count"),
        [
            ("One. Two! Three?", 3),
            ("No full stop", 1),
            ("It is 0.9 of all.", 1),
            ("Wait... what?!", 2),
            ("She said “no.” He left.", 2),
            ("", 0),
            ("...", 0),
        ],
    )
    def test_sentences_end_at_a_mark_followed_by_a_space(self, text, count):
        assert sentence_count(text) == count

    def test_words_and_numbers_count_but_punctuation_does_not(self):
        assert words_of("It’s a long-term plan — 10,000 of 2.5!") == [
            *("It’s", "a", "long", "term", "plan", "10,000", "of", "2.5"),
        ]


class TestGrade:
    def test_grade_follows_the_published_formula(self):
        # Six words of one syllable in one sentence: .39 * 6 + 11.8 * 1 - 15.59
        assert grade("The cat sat on the mat.") == pytest.approx(-1.45)
        # Six words in two sentences, nine syllables.
        assert grade("I like tables.", "We like customers") == pytest.approx(
            0.39 * 6 / 2 + 11.8 * 9 / 6 - 15.59
        )

    def test_longer_words_and_longer_sentences_are_harder(self):
        plain = grade("I talk. I work.")
        assert plain < grade("I talk, I work.") < grade("I communicate, I collaborate.")

    @pytest.mark.parametrize("text", ["", " ", "?!", "—"])
    def test_text_without_words_has_grade_0(self, text):
        assert grade(text) == 0.0
