"""The web program for any WSGI server, for example `gunicorn wsgi:app`."""

from recognition import create_app
from recognition.config import Settings

app = create_app(Settings.from_env())
