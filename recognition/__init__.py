"""Recognition: deeds become quests, contests and badges for a volunteer community."""

from flask import Flask

from recognition import extensions
from recognition.config import Settings
from recognition.wiring import connecting


def create_app(settings: Settings) -> Flask:
    """Build the program from checked settings; nothing outside is touched until the first request or command."""
    app = Flask(__name__, template_folder=str(settings.template_dir), static_folder=str(settings.static_dir))
    app.config.update(settings.flask_config())
    app.extensions["settings"] = settings
    extensions.bind(app, settings)
    connecting.connect(app)
    return app
