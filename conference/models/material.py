from pathlib import PurePath

from django.db import models
from django.utils.text import slugify
from django.utils.translation import gettext_lazy as _

from conference.uploads import check_document


class Material(models.Model):
    """Something to take along: a file or a link, never both."""

    title = models.CharField(_("title"), max_length=160)
    file = models.FileField(
        _("file"), upload_to="materials/", blank=True, validators=[check_document]
    )
    url = models.URLField(_("link"), blank=True)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=models.Q(file="") ^ models.Q(url=""),
                name="%(class)s_is_file_or_link",
                violation_error_message=_("Give either a file or a link."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def kind(self) -> str:
        """What kind of file it is, for people: “PDF”; empty for a link."""
        return PurePath(self.file.name or "").suffix[1:].upper()

    @property
    def filename(self) -> str:
        """Called like its title on the readers' machines."""
        return f"{slugify(self.title) or 'material'}{PurePath(self.file.name or '').suffix}"
