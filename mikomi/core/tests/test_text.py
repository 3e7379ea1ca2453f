"""Text: what is kept, what is equal, what is found."""

from __future__ import annotations

import re
import sqlite3
from collections.abc import Iterator

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from mikomi.core.text import (
    FTS5_TOKENIZER,
    MAX_TOKENS,
    Phrase,
    clean,
    clean_single_line,
    clip,
    fts5_document,
    fts5_query,
    is_blank,
    match_terms,
    normalise,
    plain_excerpt,
    to_hiragana,
    to_katakana,
    tokens,
    tsquery,
    tsvector_literal,
    whole_number,
)

anything = st.text(st.characters(exclude_categories=()), max_size=60)  # lone surrogates among it


# Cleaning and comparing


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("ＡＢＣ１２３", "abc123"),
        ("ﾔﾏﾀﾞ", "ヤマダ"),
        ("  返金\u3000希望\n", "返金 希望"),
        ("返\u200b金\x00", "返金"),
        ("葛\U000e0100城", "葛城"),
        ("㈱山田", "(株)山田"),
        ("ΟΔΟΣ", "οδοσ"),
    ],
)
def test_normalise(text: str, expected: str) -> None:
    assert normalise(text) == expected


def test_kana_are_folded_on_demand() -> None:
    assert normalise("ヤマダ ﾀﾛｳ", fold_kana=True) == normalise("やまだ たろう", fold_kana=True)
    assert normalise("ヤマダ") != normalise("やまだ")
    assert to_katakana("やまだ太郎ゔ") == "ヤマダ太郎ヴ"
    assert to_hiragana("ヤマダ太郎ー") == "やまだ太郎ー"


@given(anything, st.booleans())
def test_normalising_twice_changes_nothing_more(text: str, fold_kana: bool) -> None:
    once = normalise(text, fold_kana=fold_kana)
    assert normalise(once, fold_kana=fold_kana) == once
    assert "\x00" not in once
    once.encode()  # no lone surrogate


@given(anything)
def test_clean_text_can_be_stored(text: str) -> None:
    cleaned = clean(text)
    cleaned.encode()
    assert "\x00" not in cleaned
    assert "\r" not in cleaned


def test_clean_keeps_what_can_be_seen() -> None:
    assert clean("一行\r\n二行\r三\t行 👩‍👩‍👧") == "一行\n二行\n三\t行 👩‍👩‍👧"


@pytest.mark.parametrize(
    "text", [None, "", " \n\u3000\u00a0", "\u200b\ufeff\u202e", "\x00", "\u3164", "\ufe0f"]
)
def test_blank(text: str | None) -> None:
    assert is_blank(text)


@pytest.mark.parametrize("text", ["a", "。", "👍", " 一 ", "\ue000"])
def test_not_blank(text: str) -> None:
    assert not is_blank(text)


# Shortening


def test_clip_says_what_it_took() -> None:
    assert (clip("山田太郎", 4).text, clip("山田太郎", 4).removed) == ("山田太郎", 0)
    assert (clip("山田太郎", 3).text, clip("山田太郎", 3).removed) == ("山田太", 1)


@pytest.mark.parametrize(
    ("text", "limit", "expected"),
    [
        ("ab👩‍👧", 4, "ab"),
        ("ae\u0301", 2, "a"),
        ("🇯🇵🇫🇷", 3, "🇯🇵"),
        ("a👍🏽", 2, "a"),
        ("e\u0301\u0302", 2, "e\u0301"),
    ],
)
def test_clip_cuts_no_visible_character_in_two(text: str, limit: int, expected: str) -> None:
    assert clip(text, limit).text == expected


@given(anything, st.integers(2, 40))
def test_shortened_texts_keep_their_limit(text: str, limit: int) -> None:
    clipped = clip(text, limit)
    assert text.startswith(clipped.text)
    assert len(clipped.text) + clipped.removed == len(text)
    for line in (clipped.text, clean_single_line(text, limit), plain_excerpt(text, limit)):
        assert len(line) <= limit
    assert not re.search(r"[\n\r\x00]", clean_single_line(text, limit) + plain_excerpt(text, limit))


def test_an_excerpt_says_that_more_follows() -> None:
    assert plain_excerpt("一行目\n\n二行目", 20) == "一行目 二行目"
    assert plain_excerpt("一行目\n\n二行目", 5) == "一行目…"
    assert plain_excerpt("長" * 5_000_000, 4) == "長長長…"


# Tokens


def test_tokens_are_bigrams_and_whole_words() -> None:
    assert tokens("iPhone修理のA-1023") == ["iphone", "修理", "理の", "の", "a", "1023"]
    assert tokens("金") == ["金"]
    assert tokens("、。!? \x00") == []


@given(anything)
def test_tokens_need_no_quoting(text: str) -> None:
    found = tokens(text)
    assert not re.search(r"""[\s'"\\*:&|!()<>]""", "".join(found))
    assert fts5_document(found).split(" ") == (found or [""])


def test_words_joined_by_a_sign_are_one_phrase() -> None:
    assert match_terms("Taro@example.com 返金") == (
        Phrase(("taro", "example", "com"), prefix=True),
        Phrase(("返金",), prefix=False),
    )


def test_both_engines_get_the_same_question() -> None:
    assert fts5_query("iPho 返金額") == '"ipho" * AND "返金 金額"'
    assert tsquery("iPho 返金額") == "('ipho':*) & ('返金' <-> '金額')"
    assert (fts5_query("?!"), tsquery("?!")) == ('""', "")


def test_a_document_keeps_within_the_limits_of_postgresql() -> None:
    assert tsvector_literal(["返金", "金"]) == "'返金':1 '金':2"
    assert tsvector_literal(["語"] * 50_000).endswith(f":{MAX_TOKENS}")
    assert len(tsvector_literal(["𐐨" * 64] * 50_000).encode()) < 1_000_000


# Finding: with the real FTS5, and with the meaning of a phrase in PostgreSQL


@pytest.fixture(scope="module")
def index() -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(":memory:")
    connection.execute(f"CREATE VIRTUAL TABLE docs USING fts5(body, tokenize='{FTS5_TOKENIZER}')")
    yield connection
    connection.close()


def fts5_finds(index: sqlite3.Connection, text: str, query: str) -> bool:
    index.execute("DELETE FROM docs")
    index.execute("INSERT INTO docs VALUES (?)", (fts5_document(tokens(text)),))
    [(found,)] = index.execute("SELECT count(*) FROM docs WHERE docs MATCH ?", (fts5_query(query),))
    return bool(found)


def tsvector_finds(text: str, query: str) -> bool:
    document = tokens(text)

    def stands_at(phrase: Phrase, start: int) -> bool:
        here = document[start : start + len(phrase.tokens)]
        *body, last = phrase.tokens
        return here[:-1] == body and (here[-1].startswith(last) if phrase.prefix else here[-1] == last)

    terms = match_terms(query)
    return bool(terms) and all(
        any(stands_at(term, start) for start in range(len(document) - len(term.tokens) + 1)) for term in terms
    )


cjk_letters = st.one_of(
    st.sampled_from("返金納期予約髙𠮷々〆〇ー商品ヶヴゝ한국어ไทย葛ﾔ"),
    st.characters(min_codepoint=0x3041, max_codepoint=0x3096),
    st.characters(min_codepoint=0x30A1, max_codepoint=0x30FA),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FFF),
    st.characters(min_codepoint=0x20000, max_codepoint=0x2A6DF),
)
cjk_texts = st.text(
    st.one_of(cjk_letters, cjk_letters, st.sampled_from("、。 \n「」・！")), min_size=2, max_size=40
)


@given(cjk_texts, st.data())
def test_every_substring_of_a_cjk_text_is_found(
    index: sqlite3.Connection, text: str, data: st.DataObject
) -> None:
    text = normalise(text)
    assume(len(text) >= 2)
    start = data.draw(st.integers(0, len(text) - 2))
    query = text[start : data.draw(st.integers(start + 2, len(text)))]
    assume(match_terms(query))
    assert fts5_finds(index, text, query)
    assert tsvector_finds(text, query)


@given(
    st.lists(st.sampled_from(["Straße", "iPhone15", "हिन्दी", "ÉCOLE", "Ω", "1023", "x"]), min_size=1),
    st.data(),
)
def test_the_beginning_of_every_word_is_found(
    index: sqlite3.Connection, words: list[str], data: st.DataObject
) -> None:
    word = normalise(data.draw(st.sampled_from(words)))
    query = word[: data.draw(st.integers(1, len(word)))]
    assert fts5_finds(index, " ".join(words), query)
    assert tsvector_finds(" ".join(words), query)


def test_what_does_not_stand_there_is_not_found(index: sqlite3.Connection) -> None:
    for text, query in [
        ("返品と金額", "返金"),
        ("納期の返事", "返納"),
        ("example org", "example@com"),
        ("返金", ""),
    ]:
        assert not fts5_finds(index, text, query)
        assert not tsvector_finds(text, query)


@given(st.one_of(anything, st.text("\"'*():^-+{}NEARANDORNOT 金a", max_size=40)))
def test_no_query_is_a_syntax_error(index: sqlite3.Connection, query: str) -> None:
    index.execute("SELECT count(*) FROM docs WHERE docs MATCH ?", (fts5_query(query),)).fetchone()
    assert re.fullmatch(r"(\('[^']+'( <-> '[^']+')*(:\*)?\)( & |$))*", tsquery(query))


@pytest.mark.parametrize(
    "query", ["返" * 5000, "a" * 5000, "a." * 5000, " ".join(f"w{n}" for n in range(5000))]
)
def test_a_giant_query_is_bounded(index: sqlite3.Connection, query: str) -> None:
    index.execute("SELECT count(*) FROM docs WHERE docs MATCH ?", (fts5_query(query),)).fetchone()
    assert len(tsquery(query)) < 2_000


@pytest.mark.parametrize(
    ("said", "number"), [("007", 7), ("²", None), ("３", None), ("-1", None), ("", None), ("1" * 19, None)]
)
def test_only_plain_digits_are_a_number(said: str, number: int | None) -> None:
    assert whole_number(said) == number
