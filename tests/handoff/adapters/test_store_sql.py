import pytest

from handoff.adapters.store_sql import SqlStore


@pytest.mark.parametrize("url", ["mysql://u:s3cret@host/x", "nothing", "mssql+pyodbc://u:s3cret@host/x"])
def test_any_other_database_is_refused_in_plain_words_without_its_password(url: str) -> None:
    with pytest.raises(ValueError, match=r"postgresql\+asyncpg://") as refused:
        SqlStore(url)
    assert "s3cret" not in str(refused.value)
