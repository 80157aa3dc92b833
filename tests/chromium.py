"""Which Chromium the tests and the benchmark drive."""

import shutil

# The headless shell is the same browser without its windows, at two thirds of the cost.
CHROMIA = ["chromium-headless-shell", "chromium", "chromium-browser", "google-chrome"]
CHROMIUM = next(filter(None, map(shutil.which, CHROMIA)), None)
FLAGS = [
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
