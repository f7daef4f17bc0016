"""Columns that hold the short form of `quiz.core.packing`, while attributes show the long one."""

from typing import Any

from django.db import models
from django.db.models.query_utils import DeferredAttribute

from quiz.core.packing import (
    is_packed_result,
    packed_answers,
    packed_result,
    unpacked_answers,
    unpacked_result,
)
from quiz.core.sitting import Sitting


class _Unpacking(DeferredAttribute):
    """Unpacks the value of a row when it is first read."""

    field: "PackedField"

    def __get__(self, attempt: Any, owner: Any = None) -> Any:
        value = super().__get__(attempt, owner)
        if attempt is None:
            return value
        unpacked = self.field.unpacked(attempt, value)
        attempt.__dict__[self.field.attname] = unpacked
        return unpacked

    def __set__(self, attempt: Any, value: Any) -> None:
        attempt.__dict__[self.field.attname] = value


class PackedField(models.JSONField):
    """JSON in a short form that only the row's version can read.

    Queries (`values_list`, `as_text`, `update`) see and write what is stored: either form.
    """

    descriptor_class = _Unpacking

    def packed(self, attempt: Sitting, value: Any) -> Any:
        raise NotImplementedError

    def unpacked(self, attempt: Sitting, stored: Any) -> Any:
        raise NotImplementedError

    def pre_save(self, model_instance: Any, add: bool) -> Any:
        return self.packed(model_instance, getattr(model_instance, self.attname))

    def deconstruct(self) -> Any:
        # The column is that of a JSONField, so migrations need not know this class.
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.JSONField", args, kwargs


class AnswersField(PackedField):
    def packed(self, attempt: Sitting, value: Any) -> Any:
        return packed_answers(attempt.questionnaire, value) if value else value

    def unpacked(self, attempt: Sitting, stored: Any) -> Any:
        if isinstance(stored, str):
            return unpacked_answers(attempt.questionnaire, stored)
        return stored


class ResultField(PackedField):
    def packed(self, attempt: Sitting, value: Any) -> Any:
        return packed_result(attempt.questionnaire, attempt.answers, value) if value else value

    def unpacked(self, attempt: Sitting, stored: Any) -> Any:
        if is_packed_result(stored):
            return unpacked_result(attempt.questionnaire, attempt.answers, stored)
        return stored
