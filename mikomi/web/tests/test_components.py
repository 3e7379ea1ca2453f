"""The macros: what they escape, describe and keep."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django import forms
from django.template import engines
from django.utils import translation
from lucide import IconDoesNotExist

from mikomi.core.names import PersonName
from mikomi.web.icons import icon

NOW = datetime(2026, 11, 24, 3, 0, tzinfo=UTC)


def render(source: str, language: str = "en", **context: Any) -> str:
    frame = {
        "language": language,
        "business_tz": ZoneInfo("Asia/Tokyo"),
        "now": NOW,
        "csrf_input": "",
        "theme": "system",
    }
    template = engines["jinja2"].from_string('{% import "ui.jinja" as ui with context %}' + source)
    with translation.override(language):
        return str(template.render({**frame, **context}))


class Answer(forms.Form):
    email = forms.EmailField(label="E-mail", help_text="We answer there.")
    agree = forms.BooleanField(label="Agree", required=False)


def test_field_ties_hint_and_error_to_what_was_typed() -> None:
    form = Answer({"email": "<b>"})
    html = render("{{ ui.field(form.email) }}", form=form)
    assert 'value="&lt;b&gt;"' in html
    assert 'aria-invalid="true"' in html
    assert 'aria-describedby="id_email_helptext id_email_error"' in html
    assert 'id="id_email_error"' in html
    assert 'for="id_email"' in html


def test_optional_field_says_so() -> None:
    form = Answer()
    assert "optional" not in render("{{ ui.field(form.email) }}", form=form)
    assert "optional" in render('{{ ui.text_field("a", "A") }}')


def test_button_is_a_link_when_it_leads_somewhere() -> None:
    assert (
        render('{{ ui.button("Open", href="/x", data_key="o") }}')
        .strip()
        .startswith('<a class="button" href="/x"')
    )
    html = render('{{ ui.button("<Save>", kind="primary", disabled=True, hx_post="/x") }}')
    assert '<button class="button" type="submit" data-kind="primary" disabled hx-post="/x">' in html
    assert "&lt;Save&gt;" in html


@pytest.mark.parametrize(
    "state",
    ["open", "at_risk", "broken", "recovering", "recovered", "kept", "exceeded", "renegotiated", "withdrawn"],
)
def test_state_is_never_colour_alone(state: str) -> None:
    html = render("{{ ui.state(state) }}", state=state)
    assert "<svg" in html
    assert html.replace("<", " <").split(">")[-2].strip() != ""


def test_moment_carries_its_exact_time() -> None:
    html = render("{{ at|when }}", at=NOW + timedelta(hours=3))
    assert html == (
        '<time datetime="2026-11-24T06:00:00+00:00" title="Tuesday 24 November 2026 15:00 JST">Today 15:00</time>'
    )


def test_moment_in_a_macro_without_context_is_an_error_not_a_guess() -> None:
    source = '{% import "components/conversation.jinja" as bare %}{{ bare.timeline_day(at) }}'
    with pytest.raises(LookupError, match="with context"):
        render(source, at=NOW)


def test_name_stands_in_the_order_and_with_the_honorific_of_the_reader() -> None:
    hanako = PersonName("山田", "花子", "やまだ", "はなこ")
    assert "山田 花子 様" in render("{{ ui.person_name(name, honorific=True) }}", "ja", name=hanako)
    assert "様" not in render("{{ ui.person_name(name, honorific=True) }}", "en", name=hanako)


def test_money_needs_its_currency() -> None:
    assert render('{{ 12300|money("JPY") }}') == "¥12,300"
    with pytest.raises(TypeError):
        render("{{ 12300|money }}")


def test_message_text_is_escaped_and_kept_as_typed() -> None:
    html = render('{{ ui.message("in", "Ann", at, body) }}', at=NOW, body="<script>\n  two lines")
    assert "&lt;script&gt;\n  two lines" in html


def test_icon_is_hidden_unless_it_speaks() -> None:
    assert 'aria-hidden="true"' in icon("mail")
    assert 'aria-label="&lt;E-mail&gt;"' in icon("mail", 16, "<E-mail>")
    with pytest.raises(IconDoesNotExist):
        icon("no-such-icon")
