"""One step loop: batches over shared prefixes, token records, streaming, common noise."""
