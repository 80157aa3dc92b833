from marketplace.models.lead import Lead
from marketplace.models.offer import Offer
from marketplace.models.stand import Stand, StandMaterial
from marketplace.models.topic import Topic

__all__ = ["Lead", "Offer", "Stand", "StandMaterial", "Topic"]
