"""The web program for any WSGI server, for example `gunicorn wsgi:app`."""

from recognition import create_app
from recognition.config import Settings

# A server's own options say where it listens, and we cannot see them.
app = create_app(Settings.from_env(demo_unasked=False))
