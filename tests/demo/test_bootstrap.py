import subprocess
import sys
from pathlib import Path

import bootstrap

ROOT = Path(__file__).resolve().parents[2]


def test_the_lines_of_the_lock_that_come_first() -> None:
    lock = "rich==1 \\\n    --hash=sha256:a\nricher==2 \\\n    --hash=sha256:b\nuv==3 \\\n    --hash=sha256:c\n# note\n"
    assert bootstrap.wanted_lines(lock) == "rich==1 \\\n    --hash=sha256:a\nuv==3 \\\n    --hash=sha256:c\n"


def test_the_lock_names_everything_that_bootstrap_wants() -> None:
    lines = bootstrap.wanted_lines((ROOT / "requirements.lock").read_text())
    named = {line.split("==")[0] for line in lines.splitlines() if line[:1].isalnum()}
    assert named == set(bootstrap.WANTED)


def test_the_launcher_needs_nothing_but_what_bootstrap_installs() -> None:
    """Imports of the launcher, in a Python that can see the standard library and rich's own packages only."""
    code = """
import sys
class Only:
    allowed = {"rich", "markdown_it", "mdurl", "pygments", "handoff", *sys.stdlib_module_names}
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] not in self.allowed:
            raise ImportError(f"{name} is not installed yet")
sys.meta_path.insert(0, Only())
import handoff.demo.__main__
foreign = [n for n in sys.modules if n.startswith("handoff.") and not n.startswith("handoff.demo")]
assert not foreign, foreign
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
