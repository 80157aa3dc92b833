"""What need not happen while somebody waits. Tasks take ids and call a verb.

Django's immediate backend, the default, runs them at once, after commit: a slow mail server
then holds up the answer, for ten seconds at most (``timeout`` in the settings). Any other
backend of ``django.tasks`` may be set instead. ``manage.py send_mails`` sends what failed.
"""

from django.tasks import task

from conference.models import Mail


@task
def send_mail(mail_pk: int) -> bool:
    return Mail.objects.get(pk=mail_pk).send()
