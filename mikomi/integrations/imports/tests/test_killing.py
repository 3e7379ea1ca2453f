"""An import whose process is killed goes on in another, and ends as if nothing had happened."""

from __future__ import annotations

import json
from pathlib import Path

from tests import processes

PREPARE = """
from mikomi.core import clock
from mikomi.core.access.actor import SYSTEM
from mikomi.core.business.models import Business
from mikomi.integrations.imports import operations, tasks
from mikomi.integrations.imports.tests.files import order_file, stream

Business.objects.get_or_create(defaults={"name": "Shop", "set_up_at": clock.now()})
job = operations.start(
    actor=SYSTEM, stream=stream(order_file(range(700))), file_name="f.csv", in_background=False
)
tasks.work_now(job.pk)
operations.run(actor=SYSTEM, job_id=job.pk, in_background=False)
"""
IMPORT = """
import os, signal
from mikomi.integrations.imports import running, tasks
from mikomi.integrations.models import ImportJob

where, left = {where!r}, {after}
inner = getattr(running, where)

def deadly(*arguments):
    global left
    result = inner(*arguments)
    left -= 1
    if left == 0:
        os.kill(os.getpid(), signal.SIGKILL)
    return result

setattr(running, where, deadly)
tasks.work_now(ImportJob.objects.get().pk)
"""
TELL = """
import json
from mikomi.commerce.models import Order, OrderLine
from mikomi.customers.models import Customer
from mikomi.integrations.models import ImportJob
job = ImportJob.objects.get()
print(json.dumps([
    job.state, job.rows_done, job.created_count, job.changed_count, job.unchanged_count, job.skipped_count,
    *(model.objects.count() for model in (Order, OrderLine, Customer)),
]))
"""


def test_a_killed_import_ends_like_one_that_was_not(shared_database: str, tmp_path: Path) -> None:
    """Given an import that is killed twice inside a batch, before and after its progress is written, when a third
    process takes it up, then every order is there once and the counts are those of an import in one go."""
    begin = PREPARE + IMPORT.format(where="_apply", after=3)
    for program in (begin, IMPORT.format(where="_advance", after=2)):
        killed = processes.start(program, shared_database, tmp_path)
        assert killed.wait(300) == -9
        processes.output_of(killed).close()

    output = processes.run(IMPORT.format(where="_advance", after=-1) + TELL, shared_database, tmp_path)

    state, done, created, changed, same, skipped, orders, lines, customers = json.loads(output)
    assert (state, done) == ("done", 700)
    assert (created, changed, same, skipped) == (700, 0, 0, 0)
    assert (orders, lines, customers) == (700, 1400, 350)
