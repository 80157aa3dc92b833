from django.db import models


class Message(models.Model):
    room = models.CharField(max_length=100)
    body = models.TextField()
    posted_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        app_label = "tutorial"

    def __str__(self) -> str:
        return self.body
