"""What a page looks like: each module turns the same answers into one form."""
