"""The one place that knows every package: what the program is plugged together from. Data, no logic."""
