"""Jobs: specs in, events out, one serial lane per device."""
