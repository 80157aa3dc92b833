from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _


class Question(models.Model):
    """What organisers want to know of those who register; they alone read the answers."""

    class Kind(models.TextChoices):
        TEXT = "text", _("Text")
        CHOICE = "choice", _("One of several")
        CHOICES = "choices", _("Several of several")

    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="questions", verbose_name=_("event")
    )
    text = models.CharField(_("question"), max_length=200)
    hint = models.CharField(_("hint"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=Kind, default=Kind.TEXT)
    choices = models.TextField(
        _("to choose from"), blank=True, help_text=_("One a line; not for texts.")
    )
    is_required = models.BooleanField(_("must be answered"), default=False)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("question")
        verbose_name_plural = _("questions to those who register")
        ordering = ["position", "pk"]

    def __str__(self) -> str:
        return self.text

    @property
    def options(self) -> list[str]:
        """Each once, in the organisers' order."""
        return list(dict.fromkeys(filter(None, map(str.strip, self.choices.splitlines()))))

    def clean(self) -> None:
        if self.kind != self.Kind.TEXT and len(self.options) < 2:
            raise ValidationError({"choices": _("Please name two or more to choose from.")})


class Answer(models.Model):
    """What one person answered: one text, one choice, or several."""

    registration = models.ForeignKey(
        "conference.Registration", models.CASCADE, related_name="answers"
    )
    question = models.ForeignKey(Question, models.CASCADE, related_name="answers")
    values = models.JSONField(default=list)

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["question__position", "question"]
        constraints = [
            models.UniqueConstraint(fields=["registration", "question"], name="answered_once"),
        ]

    def __str__(self) -> str:
        return ", ".join(self.values)
