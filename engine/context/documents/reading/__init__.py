"""Files of several kinds as plain text with headings."""
