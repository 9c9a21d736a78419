"""Where the rooms of the dashboards hang their pages, and who may come in."""

from flask import Blueprint

from recognition.identity.access import role_required

blueprint = Blueprint("dashboards", __name__)
council_only = role_required("council", "admin")
