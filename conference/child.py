"""Runs a program in the back row: it gives way to others, and ends with whoever started it.

``python conference/child.py PROGRAM ARGUMENTS``, without Django.
"""

import ctypes
import os
import signal
import sys

PR_SET_PDEATHSIG = 1

parent = os.getppid()
os.nice(10)
if sys.platform == "linux":
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent:  # it was killed just now
        sys.exit(1)
os.execv(sys.argv[1], sys.argv[1:])  # noqa: S606 - what films.py asks for
