"""Puts templates, static files and migrations into the wheel, as recognition/_data: an install then runs alone."""

from __future__ import annotations

from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("templates", "static", "migrations")


class DataFolders(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        # An editable install reads the checkout; copies beside it would only grow stale.
        if version == "standard":
            build_data["force_include"].update({folder: f"recognition/_data/{folder}" for folder in DATA})
