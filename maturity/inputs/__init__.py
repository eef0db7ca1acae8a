"""Input digests: everything that can change what a collector finds, by a label that people understand."""
