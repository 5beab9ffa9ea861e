from pathlib import Path

from handoff.app.generate import generated


def test_generated_files_are_what_the_models_say() -> None:
    stale = [str(path) for path, text in generated().items() if Path(path).read_text("utf-8") != text]
    assert not stale, "run: python -m handoff protocol"


def test_every_frame_reaches_typescript() -> None:
    text = generated()[Path("web_widget/src/shared/protocol.ts")]
    for name in ("CustomerHello", "CustomerStatus", "QueueState", "HiddenEvent"):
        assert f"export interface {name} " in text
    assert 'kind: "hidden"' in text
