from pathlib import Path

import pytest

from knowledge_base.errors import EncoderMissing
from knowledge_base.opening import open_library
from tests.knowledge_base.conftest import BOOTS, RETURNS, STOVES


@pytest.mark.slow
def test_a_library_opens_on_an_empty_folder_answers_and_opens_again(tmp_path: Path, artifact: Path) -> None:
    url = f"sqlite:///{tmp_path}/new/frontdesk.db"
    library = open_library(url, artifact)
    for draft in (RETURNS, STOVES, BOOTS):
        library.publish(library.create(draft, by="Edith").id)
    first = library.search("I want to give my jacket back")
    library.close()
    again = open_library(url, artifact)
    second = again.search("I want to give my jacket back")
    assert first.hits == second.hits
    assert first.hits[0].article_slug == "return-an-item"
    assert open_library(url, artifact, site_id="other").articles().articles == []
    again.close()
    again.close()


def test_without_an_encoder_nothing_is_opened(tmp_path: Path) -> None:
    with pytest.raises(EncoderMissing):
        open_library(f"sqlite:///{tmp_path}/frontdesk.db", tmp_path)
    assert not (tmp_path / "frontdesk.db").exists()
