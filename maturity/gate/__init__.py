"""The gate: what a change may not make worse, held against the documents of its merge base."""
