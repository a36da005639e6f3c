"""What is kept on disk: the project file, resume, exports."""
