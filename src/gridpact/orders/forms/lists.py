"""The filter of the list page: the shared filter set plus the saved view it narrows."""

from __future__ import annotations

from django import forms

from gridpact.orders.filters import OrderFilter


class ListFilter(OrderFilter):
    """`queue` names the saved view and travels with every filter."""

    queue = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
