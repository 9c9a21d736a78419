"""Puts templates, static files and migrations into the wheel, as recognition/_data: an install then runs alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

DATA = ("templates", "static", "migrations")


class DataFolders(BuildHookInterface):
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        vendor = Path(self.root, "static", "vendor")
        if version == "standard" and not vendor.is_dir():
            raise FileNotFoundError(f"{vendor} is empty; `python3 dev.py setup` fills it.")
        # An editable install reads the checkout; copies beside it would only grow stale.
        if version == "standard":
            build_data["force_include"].update({folder: f"recognition/_data/{folder}" for folder in DATA})
