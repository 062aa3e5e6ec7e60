"""What the outside world calls: webhooks, JSON API, pages."""
