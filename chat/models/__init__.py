from chat.models.membership import Membership, Role
from chat.models.message import Message
from chat.models.presence import Presence
from chat.models.room import HasRoom, Room
from chat.models.sanction import Sanction

__all__ = ["HasRoom", "Membership", "Message", "Presence", "Role", "Room", "Sanction"]
