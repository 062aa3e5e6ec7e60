"""What Prometheus is told, one file a subject. Labels are few and known: never a merchant or customer."""
