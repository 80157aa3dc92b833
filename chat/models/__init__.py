from chat.models.earlier_body import EarlierBody
from chat.models.membership import Membership, Role
from chat.models.message import Message
from chat.models.presence import Presence
from chat.models.reaction import Reaction
from chat.models.report import Report
from chat.models.room import HasRoom, Room
from chat.models.sanction import Sanction
from chat.models.talk import Block, Reachable, Talk

__all__ = [
    "Block",
    "EarlierBody",
    "HasRoom",
    "Membership",
    "Message",
    "Presence",
    "Reachable",
    "Reaction",
    "Report",
    "Role",
    "Room",
    "Sanction",
    "Talk",
]
