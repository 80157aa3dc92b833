from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from chat import clock
from chat.models import HasRoom, Role
from chat.presence import people_in
from conference.models import Material
from conference.models.event import NotRegistered, Standing
from conference.uploads import as_webp
from marketplace.models.lead import Lead

if TYPE_CHECKING:
    from django.contrib.auth.models import AnonymousUser
    from PIL.Image import Image

    from chat.models import Membership
    from conference.models import Person

PICTURE = (1200, 800)  # pixels
CARD = (600, 400)


class StandQuerySet(models.QuerySet["Stand"]):
    def visible_to(self, person: Person | AnonymousUser) -> StandQuerySet:
        """Published stands of an open market; leads and organisers see theirs before."""
        if person.is_superuser:
            return self
        now = clock.now()
        return self.filter(
            Q(published_at__lte=now, event__market_opens_at__lte=now)
            | Q(pk__in=Lead.objects.filter(person=person.pk or 0).values("stand"))
            | Q(event__organisers=person.pk or 0)
        ).distinct()

    def kept_by(self, person: Person | AnonymousUser) -> StandQuerySet:
        return self.filter(leads__person=person.pk or 0)

    def edited_by(self, person: Person | AnonymousUser) -> StandQuerySet:
        """Those that this person keeps, and all of an event that they organise."""
        if person.is_superuser:
            return self
        return self.filter(
            Q(pk__in=Lead.objects.filter(person=person.pk or 0).values("stand"))
            | Q(event__organisers=person.pk or 0)
        ).distinct()


class Stand(HasRoom):
    """A project at the Markt der Möglichkeiten; leads keep it and chat in its room."""

    lies_in = "event"
    event = models.ForeignKey(
        "conference.Event", models.CASCADE, related_name="stands", verbose_name=_("event")
    )
    slug = models.SlugField(_("address"), max_length=80)
    title = models.CharField(_("title"), max_length=160)
    organisation = models.CharField(_("organisation"), max_length=160)
    place = models.CharField(_("place"), max_length=120)
    district = models.CharField(_("district"), max_length=120)
    topic = models.ForeignKey(
        "marketplace.Topic", models.PROTECT, related_name="stands", verbose_name=_("topic")
    )
    summary = models.CharField(_("in one sentence"), max_length=240)
    story = models.TextField(_("story"), blank=True, max_length=20_000)
    picture = models.ImageField(_("picture"), upload_to="stands/", blank=True)
    card = models.ImageField(
        _("small picture"), upload_to="stands/", blank=True, editable=False
    )
    picture_text = models.CharField(_("picture in words"), max_length=240, blank=True)
    position = models.PositiveSmallIntegerField(
        _("position on the stroll"), default=0, help_text=_("Lower numbers come first.")
    )
    published_at = models.DateTimeField(_("published at"), null=True, blank=True)

    objects = StandQuerySet.as_manager()

    class Meta:
        verbose_name = _("stand")
        verbose_name_plural = _("stands")
        ordering = ["topic__position", "topic__name", "position", "title"]
        constraints = [
            models.UniqueConstraint(fields=["event", "slug"], name="stand_has_its_address"),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("market:stand", args=[self.event.slug, self.slug])

    @property
    def is_published(self) -> bool:
        return bool(self.published_at and self.published_at <= clock.now())

    def is_kept_by(self, person: Person | AnonymousUser) -> bool:
        return any(lead.person_id == person.pk for lead in self.leads.all())

    @property
    def missing(self) -> list[str]:
        """What visitors would look for in vain, in words."""
        wanted = [
            (_("A picture"), self.picture),
            (_("The story of the project"), self.story),
            (_("An offer"), self.offers.exists()),
            (_("A material or a link to take along"), self.materials.exists()),
            (_("A person to talk to"), self.leads.exists()),
        ]
        return [str(what) for what, is_there in wanted if not is_there]

    # -- who is here

    @property
    def people(self) -> QuerySet[Lead]:
        """Those who keep it; one query."""
        return self.leads.select_related("person")

    @cached_property
    def here(self) -> set[int]:
        """The pks of the people in its room now; ``look_around`` fills it for many at once."""
        return people_in([self.room_id]).get(self.room_id, set())

    @property
    def leads_here(self) -> list[Lead]:
        return [lead for lead in self.leads.all() if lead.person_id in self.here]

    @property
    def visitors_here(self) -> int:
        return len(self.here - {lead.person_id for lead in self.leads.all()})

    # -- the door

    def enter(
        self, person: Person | AnonymousUser, standing: Standing | None = None
    ) -> Membership:
        """Open the room; raises ``NotRegistered`` or ``Banned``.

        Who knows what the person is to the event may say so.
        """
        standing = standing or self.event.standing_of(person)
        if person.is_anonymous or standing == Standing.OUTSIDER:
            raise NotRegistered(_("The chat is for people who are registered for the event."))
        if standing == Standing.ORGANISER:
            return self.room.admit(person, Role.MODERATOR)
        return self.room.admit(person, Role.HOST if self.is_kept_by(person) else Role.MEMBER)

    @transaction.atomic
    def appoint(self, person: Person, function: str = "") -> Lead:
        """Give the stand into this person's hands, and register them for the event."""
        self.event.enrol(person)
        lead, _is_new = Lead.objects.update_or_create(
            stand=self, person=person, defaults={"function": function}
        )
        if not self.room.has_banned(person):
            self.room.admit(person, Role.HOST)
        return lead

    def dismiss(self, person: Person) -> None:
        """The person keeps it no longer, and visits it like anybody who is registered."""
        self.leads.filter(person=person).delete()
        self.room.dismiss(person)

    # -- its picture

    def hang(self, picture: Image) -> None:
        """Show this picture, cropped to 3:2 and in two sizes, instead of the one before."""
        before = [self.picture.name, self.card.name]
        for field, size in ((self.picture, PICTURE), (self.card, CARD)):
            field.save(f"{self.slug}-{size[0]}.webp", as_webp(picture, size), save=False)
        self.save(update_fields=["picture", "card"])
        transaction.on_commit(lambda: take_down(before))


def take_down(names: list[str | None]) -> None:
    for name in filter(None, names):
        default_storage.delete(name)


def look_around(stands: Iterable[Stand]) -> None:
    """See who is at each of these stands; one query."""
    stands = list(stands)
    here = people_in([stand.room_id for stand in stands])
    for stand in stands:
        stand.here = here.get(stand.room_id, set())


class StandMaterial(Material):
    stand = models.ForeignKey(Stand, models.CASCADE, related_name="materials")

    class Meta(Material.Meta):
        verbose_name = _("material")
        verbose_name_plural = _("materials")

    def get_absolute_url(self) -> str:
        """The link itself, or the address where the file is handed out."""
        if self.url:
            return self.url
        stand = self.stand
        return reverse("market:material", args=[stand.event.slug, stand.slug, self.pk])
