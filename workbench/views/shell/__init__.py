"""The frame around the pages: rail, model bar, status strip, page host."""
