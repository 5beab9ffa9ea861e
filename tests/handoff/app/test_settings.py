import pytest

from handoff.app.command import settings_or_exit
from handoff.app.settings import load_settings


def test_an_empty_environment_is_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FRONTDESK_SERVICE_SECRET", raising=False)
    settings = load_settings()
    assert settings.host == "127.0.0.1"
    assert len(settings.service_secret.get_secret_value()) >= 32


def test_a_typo_in_a_name_is_an_error(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FRONTDESK_PROT", "9090")
    with pytest.raises(ValueError, match="Unknown setting FRONTDESK_PROT"):
        load_settings()


@pytest.mark.parametrize("port", ["99999", "-1", "http"])
def test_what_is_no_port_is_refused(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], port: str
) -> None:
    monkeypatch.setenv("FRONTDESK_PORT", port)
    with pytest.raises(SystemExit):
        settings_or_exit()
    assert capsys.readouterr().out.startswith("FRONTDESK_PORT: ")


@pytest.mark.parametrize("secret", ["", "short"])
def test_outside_the_demo_a_weak_secret_is_refused(monkeypatch: pytest.MonkeyPatch, secret: str) -> None:
    monkeypatch.setenv("FRONTDESK_DEMO", "false")
    monkeypatch.setenv("FRONTDESK_SERVICE_SECRET", secret)
    with pytest.raises(ValueError, match="FRONTDESK_SERVICE_SECRET"):
        load_settings()


@pytest.mark.parametrize("url", ["mysql://u:s3cret@host/frontdesk", "var/frontdesk.db"])
def test_a_database_that_is_none_of_ours_is_refused_without_its_password(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], url: str
) -> None:
    monkeypatch.setenv("FRONTDESK_DATABASE_URL", url)
    with pytest.raises(SystemExit):
        settings_or_exit()
    said = " ".join(capsys.readouterr().out.split())
    assert "FRONTDESK_DATABASE_URL: The database has to be named" in said
    assert "s3cret" not in said


def test_a_redis_without_an_address_is_refused_in_a_sentence() -> None:
    with pytest.raises(ValueError, match="redis://host"):
        load_settings(redis_url="nope")
    assert load_settings(redis_url="redis://127.0.0.1:6379/0").redis_url
