"""Where every page of quests hangs."""

from flask import Blueprint

blueprint = Blueprint("quests", __name__)
