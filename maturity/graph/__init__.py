"""The task graph: the only package that knows doit, with dodo.py and the console script above it."""
