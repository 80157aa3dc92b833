"""django-tasks-db's worker, and what it leaves out.

A task that fails is tried again, after growing pauses. A task whose worker was killed is taken
up by another one. Every minute and every night have their task, however many workers there are.
"""

import logging
from datetime import datetime, timedelta
from threading import Event, Thread
from typing import Any
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import DatabaseError, InterfaceError, close_old_connections, connections
from django.tasks import Task, TaskResultStatus
from django.utils import timezone
from django.utils.crypto import get_random_string
from django_tasks_db.management.commands import db_worker
from django_tasks_db.models import DBTaskResult, get_date_max

from chat import clock
from conference.tasks import each_minute, each_night

logger = logging.getLogger(__name__)

BEAT = 5.0  # seconds
# A worker that has been silent for so long is dead, and its task waits again.
LOST_AFTER = timedelta(seconds=30)
PAUSES = [timedelta(minutes=m) for m in (1, 5, 30, 120)]
NIGHT = 3  # o'clock, UTC


class Worker(db_worker.Worker):
    """While it runs a task it says so: ``started_at`` moves along with each beat.

    The times of tasks are the machine's, since django-tasks-db compares with those.
    """

    def __init__(self, *, queues: list[str], interval: float = 1, batch: bool = False) -> None:
        super().__init__(
            queue_names=queues,
            excluded_queue_names=[],
            interval=interval,
            batch=batch,
            backend_name="default",
            startup_delay=False,
            max_tasks=None,
            worker_id=get_random_string(32),
        )
        self.task: UUID | None = None
        self.stopped = Event()

    def run(self) -> None:
        """Until it is told to stop; the database may go and come meanwhile."""
        beats = Thread(target=self.beat_on, daemon=True)
        beats.start()
        while self.running:
            try:
                super().run()
            except (DatabaseError, InterfaceError):
                logger.exception("The database is away or busy; the worker waits.")
                connections.close_all()
                self.stopped.wait(BEAT)
            else:
                break
        self.stop()

    def stop(self) -> None:
        """After the task that runs."""
        self.running = False
        self.stopped.set()

    def run_task(self, db_task_result: DBTaskResult) -> None:
        self.task = db_task_result.pk
        try:
            super().run_task(db_task_result)
        finally:
            self.task = None
        if db_task_result.status == TaskResultStatus.FAILED:
            try_again(db_task_result)

    def beat_on(self) -> None:
        while True:
            try:
                self.beat()
            except Exception:  # whatever it is, the next beat comes
                logger.exception("A worker's heart missed a beat.")
            close_old_connections()
            if self.stopped.wait(BEAT):
                connections.close_all()
                return

    def beat(self) -> None:
        if task := self.task:
            DBTaskResult.objects.running().filter(pk=task).update(started_at=timezone.now())
        take_up()
        schedule(clock.now())


def try_again(row: DBTaskResult) -> None:
    """After a pause, unless it has failed too often."""
    tries = len(row.worker_ids)
    if tries <= len(PAUSES):
        DBTaskResult.objects.failed().filter(pk=row.pk).update(
            status=TaskResultStatus.READY, run_after=timezone.now() + PAUSES[tries - 1]
        )


def take_up() -> None:
    """What dead workers have left waits again; what killed too many of them is left alone."""
    silent = DBTaskResult.objects.running().filter(started_at__lt=timezone.now() - LOST_AFTER)
    for row in silent:
        claim = silent.filter(pk=row.pk, started_at=row.started_at)
        if len(row.worker_ids) <= len(PAUSES):
            claim.update(status=TaskResultStatus.READY)
        else:
            claim.update(
                status=TaskResultStatus.FAILED,
                finished_at=timezone.now(),
                exception_class_path="builtins.RuntimeError",
                traceback="Its workers were killed, one after the other.",
            )


def schedule(now: datetime) -> None:
    enqueue_once(each_minute, f"{now:%Y-%m-%dT%H:%M}")
    if now.hour >= NIGHT:
        enqueue_once(each_night, f"{now:%Y-%m-%d}")


def enqueue_once(task: Task[Any, Any], when: str) -> None:
    """One task for this moment, whoever says so: its primary key is made of both."""
    row: DBTaskResult[Any, Any] = DBTaskResult(
        id=uuid5(NAMESPACE_URL, f"{task.module_path} {when}"),
        args_kwargs={"args": [], "kwargs": {}},
        priority=task.priority,
        task_path=task.module_path,
        queue_name=task.queue_name,
        backend_name=task.backend,
        run_after=get_date_max(),
    )
    DBTaskResult.objects.bulk_create([row], ignore_conflicts=True)
