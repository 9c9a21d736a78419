"""One blueprint for all pages of this package; `rooms.py` fills it."""

from flask import Blueprint

blueprint = Blueprint("identity", __name__)
