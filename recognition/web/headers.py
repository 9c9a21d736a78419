"""Security headers and cache rules for every answer."""

from typing import Any

from flask import Flask, Response, current_app, g, request, session

CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src 'self'; connect-src 'self'; "
    "form-action {form_action}; base-uri 'none'; frame-ancestors 'none'; object-src 'none'"
)


def install(app: Flask) -> None:
    settings = app.extensions["settings"]
    # form-action also governs where a posted form redirects to: signing in and out goes to the issuer.
    issuer = f" {settings.oidc_issuer.split('/', 3)[0]}//{settings.oidc_issuer.split('/', 3)[2]}" if settings.oidc_issuer else ""

    @app.after_request
    def harden(response: Response) -> Response:
        headers = response.headers
        headers.setdefault("Content-Security-Policy", CSP.format(form_action=f"'self'{issuer}{g.get('forms_lead_to', '')}"))
        headers.setdefault("X-Content-Type-Options", "nosniff")
        headers.setdefault("Referrer-Policy", "strict-origin-when-cross-origin")
        headers.setdefault("Cross-Origin-Opener-Policy", "same-origin")
        headers.setdefault("Permissions-Policy", "camera=(), microphone=(), geolocation=()")
        if settings.secure:
            headers.setdefault("Strict-Transport-Security", "max-age=31536000; includeSubDomains")
        if "Cache-Control" not in headers:
            headers["Cache-Control"] = "private, no-store" if session else "no-cache"
        if request.endpoint == "static" and response.status_code in (200, 304) and _names_its_content():
            headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return response


def let_forms_lead_to(origin: str) -> None:
    """For the one page of this answer, whose form ends at another site. `origin`: scheme, host and port, checked."""
    g.forms_lead_to = f" {origin}"


def _names_its_content() -> bool:
    """Whether the address carries the hash of the file as it is now, so that another content has another address."""
    asset: Any = current_app.jinja_env.globals["asset"]
    return bool(asset((request.view_args or {})["filename"]) == request.script_root + request.full_path)
