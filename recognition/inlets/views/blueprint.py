"""One blueprint for the pages of accounts, suggestions and hooks; `rooms.py` fills it."""

from flask import Blueprint

blueprint = Blueprint("inlets", __name__)
