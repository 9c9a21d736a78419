"""A question or a reply as it was typed, into a checked one."""

from collections.abc import Mapping

from flask_babel import gettext as _

from recognition.questions.rules import (
    BODY_MAX_CHARS,
    IDEA,
    QUESTION,
    REPLY_MAX_CHARS,
    TITLE_MAX_CHARS,
    Asked,
    NotAsked,
    cleaned,
)


def asked(form: Mapping[str, str]) -> Asked:
    """An idea keeps its author's name on its way, so only a question can do without. Raises NotAsked."""
    sort = form.get("sort", QUESTION)
    title, body = cleaned(form.get("title", ""), TITLE_MAX_CHARS), cleaned(form.get("body", ""), BODY_MAX_CHARS)
    errors = {}
    if sort not in (QUESTION, IDEA):
        errors["title"] = _("Is it a question or an idea? Please choose one.")
    elif not title:
        errors["title"] = _("In one line, please, of up to %(max)s characters.", max=TITLE_MAX_CHARS)
    if body is None:
        errors["body"] = _("Up to %(max)s characters fit. It is all still here.", max=BODY_MAX_CHARS)
    if errors:
        raise NotAsked(errors)
    return Asked(sort, " ".join((title or "").split()), body or "", sort == QUESTION and bool(form.get("anonymous")))


def reply(form: Mapping[str, str]) -> str:
    """Raises NotAsked."""
    words = cleaned(form.get("reply", ""), REPLY_MAX_CHARS)
    if not words:
        raise NotAsked(
            {"reply": _("A few words, please; everybody reads them. Up to %(max)s characters fit.", max=REPLY_MAX_CHARS)}
        )
    return words
