"""The shared look: base pages, components, HTMX rendering, registers, sheets and paging."""
