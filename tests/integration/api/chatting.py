"""What chats' stories have in common."""

from collections.abc import Awaitable, Callable

from tests.integration.api.office import Caller, Json, Office
from tests.support.chat import Chatter
from tests.support.polling import eventually

PATIENCE = 30.0
AtWork = Callable[..., Awaitable[Caller]]
"""`await at_work(office, name, **settings)`."""


async def accepted(office: Office, agent: Caller, customer: Chatter) -> str:
    """The agent has the customer's chat; its id."""
    await eventually(lambda: customer.conversation, within=PATIENCE)
    talk = str(customer.conversation)
    await office.until(agent, lambda me: me["offer"] == talk, within=PATIENCE)
    await agent.ask("POST", f"conversations/{talk}/accept", {})
    await eventually(lambda: customer.state == "active", within=PATIENCE)
    return talk


async def write(agent: Caller, talk: str, client_id: str, text: str) -> Json:
    body = {"client_id": client_id, "text": text}
    return await agent.ask("POST", f"conversations/{talk}/messages", body)


async def ended(agent: Caller, talk: str, customer: Chatter) -> None:
    """The agent ends it, and their wrap-up."""
    await agent.ask("POST", f"conversations/{talk}/end", {})
    await eventually(lambda: customer.state == "ended", within=PATIENCE)
    await agent.ask("POST", f"conversations/{talk}/wrap-up", {})
