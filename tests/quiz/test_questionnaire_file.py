import json

import pytest

from quiz import questionnaire_file
from quiz.questionnaire_file import FileFault, read, shipped_questionnaire, write


def shipped_data():
    return json.loads(questionnaire_file.SHIPPED.read_text())


def test_writing_what_was_read_gives_the_same_bytes():
    text = questionnaire_file.SHIPPED.read_text(encoding="utf-8")
    assert write(read(text)) == text


def test_the_shipped_file_is_version_1():
    assert shipped_questionnaire().number == 1


def faults_of(data):
    with pytest.raises(FileFault) as caught:
        read(data if isinstance(data, str) else json.dumps(data))
    return caught.value.faults


@pytest.mark.parametrize(
    ("spoil", "place"),
    [
        (lambda d: d.pop("items"), "items"),
        (lambda d: d["items"][3].update(keying=0), ".items[3].keying"),
        (lambda d: d["items"][3].update(trait=7), ".items[3].trait"),
        (lambda d: d["items"][3].update(colour="red"), "colour"),
        (lambda d: d["items"][0]["text"].update(en=5), ".items[0].text.en"),
        (lambda d: d["traits"][1].update(weight="much"), ".traits[1].weight"),
        (lambda d: d.update(items_per_page=10**30), ".items_per_page"),
        (lambda d: d.update(languages=[]), ".languages"),
        (lambda d: d["items"][0].update(key="P\u0000"), ".items[0].key"),
    ],
)
def test_a_fault_is_named_by_its_place(spoil, place):
    data = shipped_data()
    spoil(data)
    assert any(place in fault for fault in faults_of(data))


def test_every_fault_is_listed():
    data = shipped_data()
    data["items"][0]["keying"] = 5
    data["items"][9]["keying"] = 6
    assert len(faults_of(data)) == 2


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "line 1"),
        ('{"items": [\n1,\n}', "line 3"),
        ("[]", "not of type 'object'"),
        ("[" * 100_000, "nested"),
        ('{"items": 1, "items": 2}', "twice"),
    ],
)
def test_a_file_that_is_no_questionnaire_is_refused_in_words(text, says):
    assert any(says in fault for fault in faults_of(text))
