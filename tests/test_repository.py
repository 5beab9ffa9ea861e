"""The house rules that a machine can keep: what lies where, how big, how named, and what never gets in."""

import re
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGES = ("handoff", "knowledge_base", "bot", "actions", "web_widget")
TOP_LEVEL = {
    ".ci",
    ".dockerignore",
    ".gitattributes",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "Makefile",
    "Procfile",
    "README.md",
    "actions",
    "benchmarks",
    "bootstrap.py",
    "bot",
    "compose.yml",
    "config.yml",
    "docs",
    "domain.yml",
    "handoff",
    "knowledge_base",
    "pyproject.toml",
    "requirements-dev.lock",
    "requirements-rasa.in",
    "requirements-rasa.lock",
    "requirements.lock",
    "tests",
    "web_widget",
}
LONGEST_MODULE_LINES = 400
BANNED_NAMES = {"util", "utils", "helper", "helpers", "common", "manager", "base", "service", "misc"}
# made by a program, as long as what they are made from
GENERATED = {"web_widget/src/shared/protocol.ts", "web_widget/src/shared/knowledge.ts"}
LOCKS = sorted(ROOT.glob("requirements*.lock"))


@pytest.fixture(scope="session")
def tracked() -> list[Path]:
    """Every file that git knows, relative to the root, and is there."""
    if shutil.which("git") is None or not (ROOT / ".git").exists():
        pytest.skip("no git checkout")
    listed = subprocess.run(
        ["git", "-c", "safe.directory=*", "ls-files", "-z"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return [path for name in listed.stdout.split("\0") if name and (ROOT / (path := Path(name))).is_file()]


@pytest.fixture(scope="session")
def modules(tracked: list[Path]) -> list[Path]:
    """Our own source files."""
    ours = [p for p in tracked if p.suffix in {".py", ".ts", ".tsx"} and "dist" not in p.parts]
    return [
        p for p in ours if p.parts[0] in {*PACKAGES, "tests", "benchmarks"} and p.as_posix() not in GENERATED
    ]


def test_the_top_level_is_the_one_in_the_tour(tracked: list[Path]) -> None:
    assert {path.parts[0] for path in tracked} <= TOP_LEVEL


def test_no_module_is_longer_than_it_should_be(modules: list[Path]) -> None:
    lengths = {str(p): len((ROOT / p).read_text(encoding="utf-8").splitlines()) for p in modules}
    assert lengths
    assert {name: n for name, n in lengths.items() if n > LONGEST_MODULE_LINES} == {}


def test_modules_are_named_for_what_they_hold(modules: list[Path]) -> None:
    words = {
        p: set(re.split(r"[_\-.]", p.stem.lower())) | {part.lower() for part in p.parts[:-1]} for p in modules
    }
    assert [str(p) for p, found in words.items() if found & BANNED_NAMES] == []


def test_actions_stay_flat(tracked: list[Path]) -> None:
    """rasa-sdk 3.6 imports sub-packages of `actions/` by their bare name, which may be another package's."""
    assert [str(p) for p in tracked if p.parts[0] == "actions" and len(p.parts) > 2] == []


@pytest.mark.parametrize("lock", LOCKS, ids=lambda path: path.name)
def test_a_lock_holds_names_versions_and_hashes_only(lock: Path) -> None:
    allowed = re.compile(
        r"#.*|[a-z0-9][a-z0-9.-]*==[^\s/@]+( ; [^/@]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?|"
    )
    strange = [line for line in lock.read_text().splitlines() if not allowed.fullmatch(line)]
    assert strange == []
    assert not re.search(r"^#.*(/|index)", lock.read_text(), re.MULTILINE)


def test_every_package_of_a_lock_has_a_hash() -> None:
    assert len(LOCKS) == 3
    for lock in LOCKS:
        blocks = re.split(
            r"^(?=[a-z0-9])", re.sub(r"^#.*\n", "", lock.read_text(), flags=re.MULTILINE), flags=re.MULTILINE
        )
        assert [b.split("==")[0] for b in blocks if b.strip() and "--hash=" not in b] == []


def test_the_development_lock_contains_the_other(tracked: list[Path]) -> None:
    """Whoever has the development packages has everything that the demo needs, in the same versions."""

    def pinned(name: str) -> set[str]:
        return {line for line in (ROOT / name).read_text().splitlines() if line[:1].isalnum()}

    assert pinned("requirements.lock") <= pinned("requirements-dev.lock")


def test_pytorch_stays_out_of_the_locks() -> None:
    for lock in LOCKS:
        assert re.findall(r"^(?:torch|triton|nvidia-\S+|cuda-\S+)==", lock.read_text(), re.MULTILINE) == []


def test_the_node_lock_names_no_registry() -> None:
    lock = ROOT / "web_widget" / "package-lock.json"
    assert '"resolved"' not in lock.read_text(encoding="utf-8")


def test_no_file_names_a_folder_of_somebodys_machine(tracked: list[Path]) -> None:
    # put together here, so that this file does not find itself
    folders = "|".join(
        [
            "/work" + "/(main|plan|shared)",
            "/root" + "/",
            "/home" + r"/\w+/",
            "/Users" + r"/\w+/",
            "/opt" + "/(wheels|pypi)",
        ]
    )
    pattern = re.compile(rf"(?<![\w.:])({folders})")
    found = []
    for path in tracked:
        try:
            text = (ROOT / path).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        found += [f"{path}: {match[0]}" for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize("command", ["make demo", "make test"])
def test_the_readme_says_how_to_start_and_how_to_prove(command: str) -> None:
    assert command in (ROOT / "README.md").read_text(encoding="utf-8")
