"""The Models page: what is on this computer, what it is made of, and what is in memory."""
