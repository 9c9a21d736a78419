"""Which language a page speaks."""

from flask import Flask, has_request_context, request

from recognition.extensions import babel

LANGUAGES = ("en",)
RIGHT_TO_LEFT = {"ar", "fa", "he", "ur"}


def install(app: Flask) -> None:
    app.config["BABEL_TRANSLATION_DIRECTORIES"] = "translations"
    babel.init_app(app, locale_selector=language)

    @app.context_processor
    def tongue() -> dict[str, str]:
        chosen = language()
        return {"language": chosen, "direction": "rtl" if chosen in RIGHT_TO_LEFT else "ltr"}


def language() -> str:
    return (request.accept_languages.best_match(LANGUAGES) if has_request_context() else None) or LANGUAGES[0]
