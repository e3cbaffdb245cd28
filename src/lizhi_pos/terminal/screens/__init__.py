"""The screens, by job."""
