"""A little training on stretched positions: what interpolation needs to work well."""
