"""The real program in a real terminal: tmux types the keys and reads the screen back."""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import uuid4

import pytest

#: Long enough for a busy machine; nothing waits longer than it must.
PATIENCE = 60.0
WIDE, NARROW = (120, 36), (80, 24)


class Terminal:
    """One tmux session running one command, on a socket of its own."""

    def __init__(self, command: list[str], size: tuple[int, int], environment: dict[str, str]) -> None:
        self.socket = f"labtrack-{uuid4().hex[:12]}"
        assigned = [f"{name}={value}" for name, value in environment.items()]
        line = shlex.join(["env", "-i", *assigned, *command]) + "; echo; echo ended with $?; exec cat"
        width, height = size
        self._tmux("-f", os.devnull, "new-session", "-d", "-x", str(width), "-y", str(height), line)

    def _tmux(self, *arguments: str) -> str:
        found = subprocess.run(["tmux", "-L", self.socket, *arguments], capture_output=True, text=True, check=True, timeout=PATIENCE)
        return found.stdout

    def press(self, *keys: str) -> None:
        """Keys by tmux's names: ``Enter``, ``Escape``, ``C-s``, ``F2``, or a letter."""
        for key in keys:
            self._tmux("send-keys", key)

    def press_at_once(self, *keys: str) -> None:
        """The same keys, all of them in one instant."""
        self._tmux("send-keys", *keys)

    def type(self, text: str) -> None:
        """Text, as typed."""
        self._tmux("send-keys", "-l", text)

    def resize(self, width: int, height: int) -> None:
        """Make the window another size."""
        self._tmux("resize-window", "-x", str(width), "-y", str(height))

    def screen(self) -> str:
        """What is on the screen now."""
        return self._tmux("capture-pane", "-p")

    def until(self, *texts: str, gone: str = "") -> str:
        """Wait until the screen shows all of these, and no longer shows ``gone``; the screen."""
        end = time.monotonic() + PATIENCE
        while True:
            shown = self.screen()
            if all(text in shown for text in texts) and not (gone and gone in shown):
                return shown
            if time.monotonic() > end:
                pytest.fail(f"waited for {texts}{f' without {gone!r}' if gone else ''}; the screen shows:\n{shown}")
            time.sleep(0.05)

    def close(self) -> None:
        """End the session and whatever runs in it."""
        subprocess.run(["tmux", "-L", self.socket, "kill-server"], capture_output=True, check=False, timeout=PATIENCE)


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[Callable[..., Terminal]]:
    """Starts ``labtrack ARGUMENTS`` in a terminal of some size. Skips where there is no tmux."""
    if shutil.which("tmux") is None:
        pytest.skip("tmux is not installed")
    started: list[Terminal] = []
    environment = {name: os.environ[name] for name in os.environ if name.startswith(("LABTRACK_", "XDG_", "HOME", "LC_", "LANG", "TZ"))}
    environment |= {"PATH": os.environ["PATH"], "PYTHONPATH": os.pathsep.join(path for path in sys.path if path), "TERM": "tmux-256color"}

    def start(*arguments: str, size: tuple[int, int] = WIDE, **more: str) -> Terminal:
        made = Terminal([sys.executable, "-m", "labtrack", *arguments], size, environment | more)
        started.append(made)
        return made

    yield start
    for each in started:
        each.close()


@pytest.fixture
def command() -> Callable[..., str]:
    """Runs ``labtrack ARGUMENTS`` as any other command; its output. It must end with status 0."""

    def run(*arguments: str) -> str:
        found = subprocess.run(
            [sys.executable, "-m", "labtrack", *arguments], capture_output=True, text=True, timeout=PATIENCE,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}, check=False,
        )  # fmt: skip
        assert found.returncode == 0, found.stderr
        return found.stdout

    return run
