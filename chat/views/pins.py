from chat.models import Message
from chat.views.messages import changing

create = changing(Message.pin)
delete = changing(Message.unpin)
