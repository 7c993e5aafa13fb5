"""What is sent to the Controller and what it answers."""

from datetime import datetime
from typing import Any, Optional

from pydantic import AliasChoices, BaseModel, ConfigDict, Field


class _Model(BaseModel):
    # A newer Controller may say more than this version knows of. Errors quote no input, for it
    # may be a secret.
    model_config = ConfigDict(
        extra="ignore", frozen=True, hide_input_in_errors=True, protected_namespaces=()
    )


class Device(_Model):
    """A device of the inventory."""

    id: str
    name: str
    hostname: str = Field(validation_alias=AliasChoices("hostname", "host"))
    """Name or address; read from `host` where an answer has no `hostname`."""
    device_type: str
    """Such as `router`, `switch` or `firewall`."""
    org_id: Optional[str] = None
    port: Optional[int] = None
    manufacturer: Optional[str] = None
    model: Optional[str] = None
    platform: Optional[str] = None
    site: Optional[str] = None
    source: Optional[str] = None
    """Where the inventory has it from."""
    default_credential_id: Optional[str] = None
    created_at: Optional[datetime] = None
    updated_at: Optional[datetime] = None


class Credential(_Model):
    """A decrypted credential. The Controller writes every read into its audit log."""

    id: str
    name: str
    credential_type: str
    """`ssh_password`, `ssh_key`, `api_token`, `snmp_community`, `generic_secret` or a newer one."""
    username: Optional[str] = None
    secret: str = Field(repr=False)
    """Password, private key, token or community in clear text, and in no printed form."""
    created_at: Optional[datetime] = None


class ChatMessage(_Model):
    """One message of a chat."""

    role: str
    """`system`, `user` or `assistant`."""
    content: str


class Usage(_Model):
    """What an answer of a language model took, in tokens."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int


class ChatResponse(_Model):
    """The answer of a language model."""

    content: str
    model: Optional[str] = None
    """The language model that answered."""
    finish_reason: Optional[str] = None
    """Why it ended, such as `stop` or `length`."""
    usage: Optional[Usage] = None


class KnowledgeResult(_Model):
    """A passage of the knowledge base."""

    id: str
    title: str
    snippet: str
    score: Optional[float] = None
    """The larger the better it fits; comparable within one answer only."""
    source: Optional[str] = None
    url: Optional[str] = None


class Document(_Model):
    """A document that was added to the knowledge base."""

    id: str
    title: str
    chunks: int
    """How many passages it was divided into."""
    created_at: Optional[datetime] = None


class GnmiUpdate(_Model):
    """What a gNMI `set` writes: the value replaces what the path holds."""

    path: str
    value: Any
    """Any JSON value."""


class GnmiNotification(_Model):
    """A path of a device and its value."""

    path: str
    value: Any = None
    """Any JSON value, None for a path that was deleted."""


class GnmiResponse(_Model):
    """What a device answered to a gNMI operation."""

    device_id: str
    operation: str
    timestamp: Optional[datetime] = None
    notifications: list[GnmiNotification]


class NetconfResponse(_Model):
    """What a device answered to a NETCONF operation."""

    device_id: str
    operation: str
    ok: bool
    """Whether the device did it; where it refused, `data` holds its `rpc-error`."""
    data: Optional[str] = None
    """XML text."""


class AgentRun(_Model):
    """A run of an agent that was accepted; it goes on by itself."""

    run_id: str
    agent_id: str
    status: str
    """Such as `queued` or `running`."""


class ApiResource(_Model):
    """An external API that administrators registered, without its credentials."""

    id: str
    name: str
    base_url: str
    auth_type: Optional[str] = None
    """Such as `none`, `basic`, `bearer` or `api_key`."""
    created_at: Optional[datetime] = None
