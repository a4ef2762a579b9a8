"""Questions about closed orders whose proof, pace or ratings do not speak for themselves."""
