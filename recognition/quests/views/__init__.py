"""The doors of quests; `rooms` opens them all."""
