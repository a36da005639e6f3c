"""The engine of Lathe: everything that thinks, and nothing that draws.

Importable without Qt always, and without torch or transformers up to the moment a job runs.
"""
