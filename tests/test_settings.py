from dataclasses import fields
from pathlib import Path

import pytest

from nlp_service.settings import ApiKey, Receiver, Settings, SettingsError, is_loopback, variable

ROOT = Path(__file__).parents[1]
DIGEST = "a" * 64


def test_defaults_are_local_and_below_the_checkout() -> None:
    settings = Settings.from_env({})
    assert (settings.host, settings.port, settings.is_open) == ("127.0.0.1", 8600, True)
    assert settings.models_dir == ROOT / "models"
    assert settings.database_url == f"sqlite:///{ROOT / 'var' / 'nlp_service.db'}"


def test_folders_count_from_home(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {"NLP_SERVICE_HOME": str(tmp_path), "NLP_SERVICE_MODELS_DIR": "/srv/models"}
    )
    assert settings.var_dir == tmp_path / "var"
    assert settings.models_dir == Path("/srv/models")
    assert (settings.chat_model, settings.chat_labels) == (None, None)


def test_chat_model_counts_from_home(tmp_path: Path) -> None:
    settings = Settings.from_env(
        {
            "NLP_SERVICE_HOME": str(tmp_path),
            "NLP_SERVICE_CHAT_MODEL": "mine",
            "NLP_SERVICE_CHAT_LABELS": "/srv/map.yaml",
            "NLP_SERVICE_CHAT_DEVICE": "CPU",
        }
    )
    assert settings.chat_model == tmp_path / "mine"
    assert settings.chat_labels == Path("/srv/map.yaml")
    assert settings.chat_device == "cpu"


def test_foreign_variables_are_left_alone_and_empty_ones_count_as_unset() -> None:
    assert Settings.from_env({"PATH": "/bin", "NLP_SERVICE_PORT": ""}).port == 8600


def test_unknown_setting_is_an_error() -> None:
    with pytest.raises(SettingsError, match="NLP_SERVICE_APIKEYS is not a setting"):
        Settings.from_env({"NLP_SERVICE_APIKEYS": "x"})


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("PORT", "0"),
        ("PORT", "65536"),
        ("PORT", "８６００"),
        ("MAX_IN_FLIGHT", "-1"),
        ("MAX_BODY_BYTES", "many"),
        ("STORE_FACTS", "maybe"),
        ("LOG_LEVEL", "LOUD"),
        ("CHAT_DEVICE", "tpu"),
        ("RETENTION_DAYS", "0"),
        ("WEBHOOK_PRIVATE", "perhaps"),
        ("WEBHOOKS", "https://a.example/raw-key"),
        ("WEBHOOKS", "https://a.example/|raw-key"),
        ("WEBHOOKS", f"ftp://a.example/raw-key|{DIGEST}"),
        ("WEBHOOKS", f"https://raw-key@a.example/|{DIGEST}"),
        ("API_KEYS", "raw-key"),
        ("API_KEYS", f"{DIGEST}:everything"),
        ("API_KEYS", DIGEST),
    ],
)
def test_wrong_value_is_an_error_that_names_the_variable(name: str, text: str) -> None:
    with pytest.raises(SettingsError) as caught:
        Settings.from_env({f"NLP_SERVICE_{name}": text})
    assert f"NLP_SERVICE_{name} must be" in caught.value.detail
    assert "raw-key" not in caught.value.detail


def test_keys_are_read_with_their_scopes() -> None:
    settings = Settings.from_env(
        {"NLP_SERVICE_API_KEYS": f"{DIGEST}:chat|metrics, {'b' * 64}:chat"}
    )
    assert settings.api_keys[0] == ApiKey(DIGEST, frozenset({"chat", "metrics"}))
    assert len(settings.api_keys) == 2
    assert not settings.is_open


def test_switch_and_paths_are_read(tmp_path: Path) -> None:
    files = f"{tmp_path / 'a.yaml'}, {tmp_path / 'b.yaml'}"
    settings = Settings.from_env(
        {"NLP_SERVICE_STORE_FACTS": "No", "NLP_SERVICE_POLICY_FILES": files}
    )
    assert settings.store_facts is False
    assert settings.policy_files == (tmp_path / "a.yaml", tmp_path / "b.yaml")


def test_receivers_are_read_with_their_secrets() -> None:
    text = f"https://a.example/h?x=1|{'s' * 16}, https://b.example:8443/|{'t' * 16}"
    settings = Settings.from_env({"NLP_SERVICE_WEBHOOKS": text})
    assert settings.webhooks == (
        Receiver("https://a.example/h?x=1", "s" * 16),
        Receiver("https://b.example:8443/", "t" * 16),
    )
    twice = f"https://a.example/|{'s' * 16},https://a.example/|{'t' * 16}"
    with pytest.raises(SettingsError, match="named once each"):
        Settings.from_env({"NLP_SERVICE_WEBHOOKS": twice})


def test_secrets_stay_out_of_repr() -> None:
    receiver = Receiver("https://a.example/geheim", "geheim")
    assert "geheim" not in repr(receiver)
    settings = Settings(secret="geheim", database_url="postgresql://u:geheim@host/db")
    assert "geheim" not in repr(settings)


@pytest.mark.parametrize("host", ["127.0.0.1", "127.9.9.9", "::1", "localhost"])
def test_loopback_is_recognised(host: str) -> None:
    assert is_loopback(host)


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "10.0.0.1", "example.com", ""])
def test_other_addresses_are_not_loopback(host: str) -> None:
    assert not is_loopback(host)


@pytest.mark.parametrize("readme", ["README.md", "README.zh-CN.md"])
def test_every_setting_is_documented(readme: str) -> None:
    text = (ROOT / readme).read_text(encoding="utf-8")
    for setting in fields(Settings):
        assert f"`{variable(setting.name)}`" in text
