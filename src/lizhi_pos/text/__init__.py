"""What people type and how names are shown: one form, masks, initials."""
