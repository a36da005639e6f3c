"""How a file holds records: delimited text, JSON lines, a JSON or a YAML document."""
