"""Folding of quotations and signatures."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mikomi.channels.email.reading.html_text import html_to_text
from mikomi.channels.email.reading.quotes import split_reply

OWN = "ありがとうございます。届きました。"

ATTRIBUTIONS = [
    "On Sun, Nov 22, 2026 at 9:00 AM Shop <support@shop.example> wrote:",
    "On Sun, 22 Nov 2026 09:00:00 +0900 Shop\n<support@shop.example> wrote:",
    "2026年11月22日(日) 9:00 ショップ <support@shop.example>:",
    "2026/11/22 9:00、ショップ <support@shop.example>のメール:",
    "(2026/11/22 9:00), ショップ wrote:",
    "Le dim. 22 nov. 2026 à 09:00, Shop <support@shop.example> a écrit :",
    "Am 22.11.2026 um 09:00 schrieb Shop <support@shop.example>:",
    "El dom, 22 nov 2026 a las 9:00, Shop (<support@shop.example>) escribió:",
    "Il giorno dom 22 nov 2026 alle ore 09:00 Shop <support@shop.example> ha scritto:",
    "Op zo 22 nov. 2026 om 09:00 schreef Shop <support@shop.example>:",
    "Em dom., 22 de nov. de 2026 às 09:00, Shop <support@shop.example> escreveu:",
    "Den 22 november 2026 09:00 skrev Shop <support@shop.example>:",
    "вс, 22 нояб. 2026 г. в 09:00, Shop <support@shop.example>:",
    "W dniu 22.11.2026 o 09:00, Shop pisze i napisał: ".strip(),
    "在 2026年11月22日 上午9:00，Shop <support@shop.example> 写道：",
    "2026년 11월 22일 (일) 오전 9:00, Shop <support@shop.example>님이 작성:",
]


@pytest.mark.parametrize("attribution", ATTRIBUTIONS)
def test_quotations_of_many_languages_are_folded(attribution: str) -> None:
    reply = split_reply(f"{OWN}\n\n{attribution}\n\n> ご注文の品を\n> 発送しました\n")
    assert reply.own == OWN
    assert "発送しました" in reply.quoted


@pytest.mark.parametrize(
    "header",
    [
        "差出人: ショップ <support@shop.example>\n送信日時: 2026年11月22日 9:00\n宛先: 山田\n件名: 発送",
        "From: Shop <support@shop.example>\nSent: Sunday, November 22, 2026 9:00 AM\nTo: Yamada\nSubject: Sent",
        "*From:* Shop <support@shop.example>\n*Date:* Sunday, 22 November 2026\n*Subject:* Sent",
        "Von: Shop\nGesendet: Sonntag, 22. November 2026 09:00\nAn: Yamada\nBetreff: Versand",
        "De : Shop\nEnvoyé : dimanche 22 novembre 2026 09:00\nÀ : Yamada\nObjet : Envoi",
        "-----Original Message-----\nFrom: Shop",
        "-----元のメッセージ-----\n差出人: ショップ",
        "________________________________\nFrom: Shop <support@shop.example>\nSent: Sunday\nSubject: x",
    ],
)
def test_outlook_puts_the_whole_message_below(header: str) -> None:
    reply = split_reply(f"{OWN}\n\n{header}\n\nご注文の品を発送しました。")
    assert reply.own == OWN


def test_answers_between_quotations_stay() -> None:
    reply = split_reply(
        "2026年11月22日(日) 9:00 店 <s@shop.example>:\n> 色は？\n赤です。\n> 数は？\n二つです。"
    )
    assert "赤です。" in reply.own
    assert "二つです。" in reply.own


@pytest.mark.parametrize(
    "text",
    [
        "> only a quotation",
        "A > B です。以上です。",
        "From: Tokyo\nTo: Osaka\nIs there a delivery on this route?",
        "連絡先は以下です。\n\n株式会社サンプル\nTEL: 03-1234-5678",
        "株式会社サンプル 山田太郎\nTEL: 03-1234-5678",
        "-- \nTaro",
        "On Monday I wrote: where is my order?",
        "Please note:\n\nI ordered two.",
    ],
)
def test_own_words_are_never_hidden_by_doubt(text: str) -> None:
    assert split_reply(text).own == text.strip()


def test_a_forwarded_message_is_shown() -> None:
    text = "FYI\n\n---------- Forwarded message ----------\nFrom: A <a@x.example>\nSubject: s\n\nthe content"
    assert "the content" in split_reply(text).own
    assert "From: A" not in split_reply(text).own


@pytest.mark.parametrize(
    "signature",
    [
        "-- \nTaro Yamada\ntaro@customer.example",
        "iPhoneから送信",
        "Sent from my iPhone",
        "------------------------------\n株式会社サンプル 山田太郎\nTEL: 03-1234-5678",
        "株式会社サンプル\n営業部 山田太郎\nTEL: 03-1234-5678\nE-mail: y@x.example",
        "Gesendet mit der GMX Mail App",
    ],
)
def test_signatures_are_folded(signature: str) -> None:
    reply = split_reply(f"{OWN}\n\n{signature}\n")
    assert reply.own == OWN
    assert reply.signature.strip()


def test_html_quotations_become_quoted_lines() -> None:
    markup = f"<div>{OWN}</div><div class='gmail_quote'>On Nov 22, 2026, Shop &lt;s@shop.example&gt; wrote:"
    markup += "<blockquote class='gmail_quote'>sent</blockquote></div>"
    assert split_reply(html_to_text(markup)).own == OWN


PIECES = st.sampled_from(
    [*ATTRIBUTIONS, OWN, "> quoted", "", "-- ", "From: a", "Subject: b", "株式会社", "TEL 03-1-2", "a:"]
)


@given(st.lists(PIECES | st.text(max_size=30), max_size=25).map("\n".join))
def test_the_spans_cover_the_whole_text(text: str) -> None:
    spans = split_reply(text).spans
    assert "".join(text[span.start : span.end] for span in spans) == text
    assert {span.kind for span in spans} <= {"own", "quoted", "signature"}
