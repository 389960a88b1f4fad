"""What the Prefect server does by itself: end runs that fell silent, and tell people what failed or went stale.

Defined in deploy/automations.yaml, in the form that `prefect automation create --from-file` reads. Installing twice
changes nothing. With them comes the limit on sites fetched at once, so that it can be changed before the first run.
"""

from pathlib import Path
from typing import Any

import yaml
from prefect.blocks.notifications import CustomWebhookNotificationBlock
from prefect.client.orchestration import PrefectClient, get_client
from prefect.events.schemas.automations import AutomationCore
from pydantic import SecretStr

from flows.orchestrate.slots import make_outside_limit
from storage.errors import InputError

BLOCK = "fangzhi-notify"
"""Name of the block through which messages go; one of another kind under this name is used as it is."""

FORMATS: dict[str, dict[str, Any]] = {
    "text": {"text": "{{subject}}\n{{body}}"},
    "feishu": {"msg_type": "text", "content": {"text": "{{subject}}\n{{body}}"}},
    "wecom": {"msgtype": "text", "text": {"content": "{{subject}}\n{{body}}"}},
}
"""What a receiver wants to get: text for Slack and Mattermost, feishu, wecom also for DingTalk."""


async def install(file: Path, url: str = "", format: str = "text") -> list[str]:
    """Create or update the automations of a file and the block that sends their messages; return their names.

    url: where messages are posted; without one, and without a block of that name made in the UI, those automations
    that notify are left out. Raises InputError for a file of another form.
    """
    async with get_client() as client:
        await make_outside_limit(client)
        block = await _block(client, url, format)
        installed = []
        for given in _read(file):
            if any(action.get("type") == "send-notification" for action in given["actions"]):
                if not block:
                    continue
                for action in given["actions"]:
                    action["block_document_id"] = block
            await _put(client, AutomationCore.model_validate(given))
            installed.append(given["name"])
        return installed


def _read(file: Path) -> list[dict[str, Any]]:
    try:
        given = yaml.safe_load(file.read_text(encoding="utf-8"))["automations"]
        return [{**each, "actions": list(each["actions"])} for each in given]
    except (OSError, yaml.YAMLError, KeyError, TypeError) as error:
        message = f"{file}: expected a list `automations` in YAML, found {type(error).__name__}: {error}"
        raise InputError(message) from error


async def _put(client: PrefectClient, automation: AutomationCore) -> None:
    existing = await client.read_automations_by_name(automation.name)
    if not existing:
        await client.create_automation(automation)
        return
    await client.update_automation(existing[0].id, automation)
    for extra in existing[1:]:
        await client.delete_automation(extra.id)


async def _block(client: PrefectClient, url: str, format: str) -> str:
    """Return the id of the block that sends messages, "" when there is none."""
    if url:
        # The address is the secret of most receivers: kept encrypted, not shown in the UI.
        block = CustomWebhookNotificationBlock(
            name="Fangzhi",
            url="{{address}}",
            json_data=FORMATS[format],
            secrets={"address": SecretStr(url)},
        )
        return str(await block.asave(BLOCK, overwrite=True, client=client))
    found = [each for each in await client.read_block_documents(limit=200) if each.name == BLOCK]
    return str(found[0].id) if found else ""
