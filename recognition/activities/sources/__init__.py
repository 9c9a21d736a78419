"""One small file for each place that tells us of deeds: what comes in as bytes goes out as `Seen`. Nothing else in here."""
