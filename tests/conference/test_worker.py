"""Real workers, in processes of their own, on a database that others use too."""

import signal
import subprocess
import time
from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.tasks import TaskResultStatus
from django.utils import timezone
from django_tasks_db.models import DBTaskResult, get_date_max

from conference import worker
from conference.models import Event, Mail, Person
from conference.tasks import each_minute, each_night, send_mail
from conference.worker import PAUSES, Worker, enqueue_once, schedule, take_up
from tests.browser.conftest import database_url
from tests.smtp import Mailbox, mail_server
from tests.worker import working

IN_THE_DATABASE = {"default": {"BACKEND": "django_tasks_db.DatabaseBackend", "QUEUES": []}}


@pytest.fixture(autouse=True)
def _tasks_wait_for_a_worker(settings: Any, transactional_db: None) -> None:
    settings.TASKS = IN_THE_DATABASE


def serving(mailbox: Mailbox) -> AbstractContextManager[subprocess.Popen[bytes]]:
    """A worker whose mail server is this test's."""
    return working(
        DATABASE_URL=database_url(),
        DEMO="0",
        SECRET_KEY="x" * 50,
        EMAIL_URL=f"smtp://127.0.0.1:{mailbox.port}",
    )


def until(condition: Callable[[], bool], seconds: float = 20) -> None:
    """Wait for it; a database that is busy for a moment is asked again."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if condition():
            return
        time.sleep(0.05)
    raise AssertionError("It did not come to that.")


def row(status: str = TaskResultStatus.READY, **fields: Any) -> DBTaskResult[Any, Any]:
    return DBTaskResult.objects.create(
        **{
            "id": uuid4(),
            "args_kwargs": {"args": [0], "kwargs": {}},
            "task_path": "conference.tasks.send_mail",
            "backend_name": "default",
            "status": status,
            "run_after": get_date_max(),
            **fields,
        }
    )


@pytest.mark.services
def test_a_task_whose_worker_is_killed_is_done_by_another_and_the_mail_goes_out_once(
    event: Event, aylin: Person
) -> None:
    with mail_server() as mailbox:
        mailbox.hangs = True
        mail = Mail.write(aylin, "cancelled", event=event)
        with serving(mailbox) as process:
            until(lambda: mailbox.connections == 1)
            task = DBTaskResult.objects.running().get()
            assert task.task_path == "conference.tasks.send_mail"
            process.send_signal(signal.SIGKILL)
            process.wait(timeout=20)
        mailbox.hangs = False
        assert mailbox.mails == []
        long_ago = timezone.now() - timedelta(minutes=1)
        DBTaskResult.objects.filter(pk=task.pk).update(started_at=long_ago)
        Mail.objects.filter(pk=mail.pk).update(next_try_at=long_ago)
        with serving(mailbox), serving(mailbox):
            mailbox.wait_for(1)
            until(lambda: not DBTaskResult.objects.running().exists())
            until(lambda: not Mail.objects.due().exists())
        task.refresh_from_db()
        assert task.status == TaskResultStatus.SUCCESSFUL
        assert len(task.worker_ids) == 2
        assert mailbox.recipients == [aylin.email]


@pytest.mark.services
def test_two_workers_send_each_of_many_mails_once(event: Event) -> None:
    with mail_server() as mailbox, serving(mailbox), serving(mailbox):
        for number in range(40):
            Mail.write(f"person{number}@example.org", "unknown")
        mailbox.wait_for(40)
        until(lambda: not Mail.objects.filter(sent_at=None).exists())
        assert sorted(mailbox.recipients) == sorted(
            f"person{number}@example.org" for number in range(40)
        )


def test_a_worker_ends_after_its_task_when_it_is_told_to(event: Event, aylin: Person) -> None:
    with mail_server() as mailbox, serving(mailbox) as process:
        Mail.write(aylin, "cancelled", event=event)
        mailbox.wait_for(1)
        process.terminate()
        assert process.wait(timeout=20) == 0
    until(lambda: Mail.objects.filter(sent_at__isnull=False).count() == 1)


def test_the_living_keep_their_tasks_and_the_dead_lose_theirs() -> None:
    living = row(TaskResultStatus.RUNNING, started_at=timezone.now(), worker_ids=["a"])
    dead = row(
        TaskResultStatus.RUNNING,
        started_at=timezone.now() - timedelta(seconds=31),
        worker_ids=["b"],
    )
    worker = Worker(queues=["*"])
    worker.task = living.pk
    worker.beat()
    statuses = dict(DBTaskResult.objects.values_list("pk", "status"))
    assert (statuses[living.pk], statuses[dead.pk]) == ("RUNNING", "READY")


def test_a_beat_says_that_the_worker_still_lives() -> None:
    silent = timezone.now() - timedelta(seconds=29)
    task = row(TaskResultStatus.RUNNING, started_at=silent, worker_ids=["a"])
    worker = Worker(queues=["*"])
    worker.task = task.pk
    worker.beat()
    task.refresh_from_db()
    assert timezone.now() - task.started_at < timedelta(seconds=5)


def test_what_kills_its_workers_is_left_alone_in_the_end() -> None:
    killers = [str(number) for number in range(len(PAUSES) + 1)]
    long_ago = timezone.now() - timedelta(hours=1)
    task = row(TaskResultStatus.RUNNING, started_at=long_ago, worker_ids=killers)
    take_up()
    task.refresh_from_db()
    assert (task.status, len(task.task_result.errors)) == (TaskResultStatus.FAILED, 1)


def test_a_task_that_fails_is_tried_again_after_growing_pauses(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(
        Mail.objects.__class__, "filter", lambda *args, **kwargs: [][0], raising=True
    )
    task = row()
    pauses = []
    while True:
        task.claim(str(len(task.worker_ids)))
        Worker(queues=["*"]).run_task(task)
        task.refresh_from_db()
        if task.status == TaskResultStatus.FAILED:
            break
        pauses.append(round((task.run_after - timezone.now()) / timedelta(minutes=1)))
    assert pauses == [pause // timedelta(minutes=1) for pause in PAUSES]
    assert "IndexError" in task.traceback


def test_a_worker_outlives_a_database_that_goes_and_comes(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(worker, "BEAT", 0.01)
    monkeypatch.setattr(Worker, "beat", lambda self: None)
    troubles = [OperationalError("gone"), OperationalError("still gone")]
    close = worker.db_worker.close_old_connections

    def ask() -> None:
        if troubles:
            raise troubles.pop()
        close()

    monkeypatch.setattr(worker.db_worker, "close_old_connections", ask)
    task = row()
    Worker(queues=["*"], batch=True).run()
    task.refresh_from_db()
    assert (troubles, task.status) == ([], TaskResultStatus.SUCCESSFUL)


def test_minutes_and_nights_have_one_task_each_however_many_workers_there_are() -> None:
    for moment in [
        datetime(2026, 7, 15, 2, 59, 3, tzinfo=UTC),
        datetime(2026, 7, 15, 2, 59, 58, tzinfo=UTC),
        datetime(2026, 7, 15, 3, 0, 1, tzinfo=UTC),
        datetime(2026, 7, 15, 3, 0, 2, tzinfo=UTC),
        datetime(2026, 7, 15, 23, 0, tzinfo=UTC),
    ]:
        schedule(moment)
    paths = sorted(DBTaskResult.objects.values_list("task_path", flat=True))
    assert paths == [each_minute.module_path] * 3 + [each_night.module_path]


def test_a_task_for_a_moment_is_one_that_its_backend_knows() -> None:
    enqueue_once(each_minute, "now")
    result = each_minute.get_result(str(DBTaskResult.objects.get().pk))
    assert (result.status, result.args, result.kwargs) == (TaskResultStatus.READY, [], {})
    assert result.task.priority == each_minute.priority > send_mail.priority


def test_old_tasks_are_forgotten_and_failures_kept_for_a_while() -> None:
    two_days_ago = timezone.now() - timedelta(days=2)
    row(TaskResultStatus.SUCCESSFUL, finished_at=two_days_ago)
    failed = row(TaskResultStatus.FAILED, finished_at=two_days_ago)
    waiting = row()
    each_night.call()
    left = set(DBTaskResult.objects.values_list("pk", flat=True))
    assert left == {failed.pk, waiting.pk}


def test_the_queue_is_no_page_of_the_administration(admin_client: Any) -> None:
    assert admin_client.get("/verwaltung/django_tasks_database/").status_code == 404
