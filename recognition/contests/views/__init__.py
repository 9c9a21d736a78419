"""The doors of contests, one file a stage; `rooms` opens them all."""
