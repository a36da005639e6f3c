"""The comparison page: a prompt at the left, its answers side by side at the right."""
