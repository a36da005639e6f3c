"""The page “Anatomy”: what models are made of, as rows that run."""
