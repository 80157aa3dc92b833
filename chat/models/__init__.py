from chat.models.earlier_body import EarlierBody
from chat.models.membership import Membership, Role
from chat.models.message import Message
from chat.models.presence import Presence
from chat.models.reaction import Reaction
from chat.models.report import Report
from chat.models.room import HasRoom, Room
from chat.models.sanction import Sanction

__all__ = [
    "EarlierBody",
    "HasRoom",
    "Membership",
    "Message",
    "Presence",
    "Reaction",
    "Report",
    "Role",
    "Room",
    "Sanction",
]
