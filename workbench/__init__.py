"""The window of Lathe: a Qt application over the engine. Never imports torch."""
