"""Template tags of the component kit; `ui` is a builtin library in every template."""
