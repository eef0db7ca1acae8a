"""What is said about components, in every form."""
