"""The screens of lists: honours, supervision, the rulebook."""
