from chat.models import Message
from chat.views.messages import changing

create = changing(Message.hide)
delete = changing(Message.reveal)
