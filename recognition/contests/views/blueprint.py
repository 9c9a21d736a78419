"""Where the pages of contests hang."""

from flask import Blueprint

blueprint = Blueprint("contests", __name__, url_prefix="/contests")
