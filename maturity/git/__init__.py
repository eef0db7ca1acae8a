"""What git knows: staged files, unstaged changes, another revision."""
