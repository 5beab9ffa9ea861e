import os
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from handoff.demo.commands import CommandError, Runner
from handoff.demo.settings import DemoError, Places
from handoff.demo.stamps import read_stamp, write_stamp
from handoff.demo.steps import Goal, Recipe, database, encoder, plan, processor, training

WRITE = "import pathlib, sys; pathlib.Path(sys.argv[1]).write_text('made'); print('Mara, secret')"


@pytest.fixture
def places(tmp_path: Path) -> Places:
    (tmp_path / "var").mkdir()
    return Places(tmp_path)


@pytest.fixture
def run(tmp_path: Path) -> Runner:
    return Runner(tmp_path, dict(os.environ), tmp_path / "setup.log", lambda line: None)


@pytest.fixture
def recipe(tmp_path: Path) -> Recipe:
    """Writes `product` from `source`."""
    (tmp_path / "source").write_text("1")
    return Recipe(
        key="product",
        title="The product",
        commands=[[sys.executable, "-c", WRITE, str(tmp_path / "product")]],
        otherwise="No product.",
        stamp=tmp_path / "stamp.json",
        inputs=[tmp_path / "source"],
        outputs=[tmp_path / "product"],
    )


def test_what_is_done_is_not_done_again_until_something_changes(
    tmp_path: Path, recipe: Recipe, run: Runner
) -> None:
    step = recipe.step(tmp_path)
    assert not step.is_done()
    step.run(run)
    assert step.is_done()
    (tmp_path / "source").write_text("2")
    assert not step.is_done()


def test_a_product_that_was_deleted_is_made_again(tmp_path: Path, recipe: Recipe, run: Runner) -> None:
    step = recipe.step(tmp_path)
    step.run(run)
    (tmp_path / "product").unlink()
    assert not step.is_done()


def test_a_step_that_failed_leaves_no_stamp(tmp_path: Path, recipe: Recipe, run: Runner) -> None:
    failing = Recipe(**{**vars(recipe), "commands": [[sys.executable, "-c", "raise SystemExit(1)"]]}).step(
        tmp_path
    )
    with pytest.raises(CommandError, match="No product"):
        failing.run(run)
    assert read_stamp(recipe.stamp) == {}


def test_a_command_that_makes_nothing_is_a_failure(tmp_path: Path, recipe: Recipe, run: Runner) -> None:
    idle = Recipe(**{**vars(recipe), "commands": [[sys.executable, "-c", ""]]}).step(tmp_path)
    with pytest.raises(DemoError, match=r"No product. \(product was not made.\)"):
        idle.run(run)
    assert not idle.is_done()


def test_what_a_command_says_can_be_kept(tmp_path: Path, recipe: Recipe, run: Runner) -> None:
    kept = tmp_path / "said.txt"
    step = Recipe(**{**vars(recipe), "keeps_output": kept, "outputs": [*recipe.outputs, kept]}).step(tmp_path)
    step.run(run)
    assert kept.read_text() == "Mara, secret\n"
    assert step.is_done()


@pytest.mark.parametrize(
    ("goal", "first", "last"),
    [
        (
            "setup",
            "Packages of the gateway and the knowledge base",
            "Training the assistant (about half a minute)",
        ),
        ("tools", "Packages of the gateway and the knowledge base", "A browser for the tests"),
        ("demo", "Packages of the gateway and the knowledge base", "Demo staff"),
    ],
)
def test_the_plan_of_each_goal(places: Places, goal: Goal, first: str, last: str) -> None:
    titles = [step.title for step in plan(goal, places, {})]
    assert (titles[0], titles[-1]) == (first, last)
    assert len(titles) == len(set(titles))


def test_a_bare_folder_has_everything_to_do(places: Places) -> None:
    assert not any(step.is_done() for step in plan("demo", places, {}))


def test_development_packages_are_enough_for_the_demo(places: Places) -> None:
    for lock in ("requirements.lock", "requirements-dev.lock"):
        (places.root / lock).write_text(lock)
    (places.venv / "bin").mkdir(parents=True)
    Path(places.python).touch()
    from handoff.demo.environments import DEVELOPMENT_LOCK, RUNTIME_LOCK, Environment

    Environment(places, places.venv, DEVELOPMENT_LOCK).mark_fresh(RUNTIME_LOCK, DEVELOPMENT_LOCK)
    assert Environment(places, places.venv, RUNTIME_LOCK).is_fresh()
    (places.root / RUNTIME_LOCK).write_text("newer")
    assert not Environment(places, places.venv, RUNTIME_LOCK).is_fresh()
    assert Environment(places, places.venv, DEVELOPMENT_LOCK).is_fresh()


def touched(places: Places, name: str) -> None:
    path = places.root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("changed")


@pytest.mark.parametrize(
    ("make", "name"),
    [
        (training, "config.yml"),
        (training, "domain.yml"),
        (training, "bot/data/rules/handoff.yml"),
        (training, "bot/encoder_featurizer.py"),
        (training, "knowledge_base/demo/products.yml"),
        (training, "var/encoder/encoder.json"),
        (training, "requirements-rasa.lock"),
        (encoder, "knowledge_base/encoder_export.py"),
        (encoder, "requirements.lock"),
    ],
)
def test_what_makes_a_result_stale(places: Places, make: Callable[..., Recipe], name: str) -> None:
    recipe = make(places, {})
    for output in recipe.outputs:
        output.parent.mkdir(parents=True, exist_ok=True)
        output.touch()
    step = recipe.step(places.root)

    step.run(lambda *_: [])  # type: ignore[arg-type]  # nothing has to be run to be remembered
    assert step.is_done()
    touched(places, name)
    assert not make(places, {}).step(places.root).is_done()


def test_another_model_makes_another_encoder(places: Places) -> None:
    assert encoder(places, {}).words != encoder(places, {"EMBEDDING_MODEL": "other"}).words


def test_the_processor_counts_only_where_it_matters(tmp_path: Path) -> None:
    (tmp_path / "cpuinfo").write_text("flags : fpu sse avx2 avx512_vnni\nmodel name : 1\n")
    assert processor(tmp_path / "cpuinfo")[1:] == ["avx2", "avx512_vnni"]
    assert processor(tmp_path / "none")[1:] == []


def test_a_database_that_is_gone_is_filled_again(places: Places) -> None:
    stamp = places.var / "database.stamp.json"
    write_stamp(stamp, tables="x")
    (places.var / "frontdesk.db").touch()
    database(places, {})
    assert stamp.exists()
    (places.var / "frontdesk.db").unlink()
    database(places, {})
    assert not stamp.exists()


def test_a_database_elsewhere_is_always_asked(places: Places) -> None:
    (places.var / "frontdesk.db").touch()
    write_stamp(places.var / "database.stamp.json", tables="x")
    database(places, {"FRONTDESK_DATABASE_URL": "postgresql://db/frontdesk"})
    assert not (places.var / "database.stamp.json").exists()
