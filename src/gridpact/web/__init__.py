"""The shell around the apps: menu, workbench, map, audit screen, error pages."""
