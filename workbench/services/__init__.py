"""Services of the application: built once in `workbench.bootstrap`, handed to who needs them."""
