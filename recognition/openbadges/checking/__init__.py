"""Whether a badge is what it says: `checker.check` takes bytes or text from anybody and answers with a `report.Report`."""
