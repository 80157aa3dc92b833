from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _


class Page(models.Model):
    """A text of the whole site: imprint, privacy, accessibility statement, help."""

    slug = models.SlugField(_("address"), unique=True)
    title = models.CharField(_("title"), max_length=160)
    language = models.CharField(_("language of the text"), max_length=5, default="de")
    body = models.TextField(_("text"), help_text=_("Markdown: headings, lists, links."))
    position = models.PositiveSmallIntegerField(_("position in the footer"), default=0)

    class Meta:
        verbose_name = _("page")
        verbose_name_plural = _("pages")
        ordering = ["position"]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("page", args=[self.slug])
