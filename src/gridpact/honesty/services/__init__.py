"""Verbs: asking by the worker, answering, settling, setting the numbers."""

from gridpact.honesty.services.asking import ask_batch
from gridpact.honesty.services.settling import answer_question, save_numbers, settle_question

__all__ = ["answer_question", "ask_batch", "save_numbers", "settle_question"]
