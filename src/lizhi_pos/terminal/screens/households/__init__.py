"""The screens of households and of where their points come from."""
