"""What every page needs: htmx, errors, headers, pagination, templates."""
