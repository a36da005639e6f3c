"""The commands of `lathe`, one file each. Nothing here imports torch at its top."""
