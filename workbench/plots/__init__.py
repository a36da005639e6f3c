"""Plots: the only importers of pyqtgraph."""
