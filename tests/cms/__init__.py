"""The readers of CMS files."""
