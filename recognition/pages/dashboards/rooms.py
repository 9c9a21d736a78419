"""Every page of the dashboards, so that who imports the blueprint from here has them all."""

from recognition.pages.dashboards import areas, group_health, health, impact, showing
from recognition.pages.dashboards.blueprint import blueprint

ROOMS = (areas, group_health, health, impact, showing)

__all__ = ["ROOMS", "blueprint"]
