"""Models in use, read once a process; numpy alone answers with them."""

from __future__ import annotations

from functools import lru_cache

from gridpact.learning.choices import Field
from gridpact.learning.feature_model import FeatureModel
from gridpact.learning.models import Learnt
from gridpact.learning.text_model import TextModel


def active_versions() -> dict[str, Learnt]:
    """The version in use of each field, without its file."""
    return {row.field: row for row in Learnt.objects.active()}


@lru_cache(maxsize=3)
def text_model(pk: int) -> TextModel:
    """The model of a version of a text field."""
    return TextModel.from_bytes(_blob(pk))


@lru_cache(maxsize=1)
def handler_model(pk: int) -> FeatureModel:
    """The model of a version of the handler."""
    return FeatureModel.from_bytes(_blob(pk))


def _blob(pk: int) -> bytes:
    return bytes(Learnt.objects.values_list("blob", flat=True).get(pk=pk))


TEXT_FIELDS = (Field.KLASS, Field.AREA, Field.CATEGORY)
