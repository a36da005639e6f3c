"""How sure a difference between two ways of asking is: intervals, paired tests, items needed."""
