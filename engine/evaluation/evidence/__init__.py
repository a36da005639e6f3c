"""Why an answer came out as it did: measured token by token on the model itself."""
