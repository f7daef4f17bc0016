"""What operators watch the site with: numbers for Prometheus, and errors for Sentry."""
