"""The pages of the Temporal Web UI that people are sent to: the readable one of a run, and lists."""

from datetime import timedelta
from urllib.parse import quote, urlencode

from temporalio.client import Client

from foundation.runtime.settings import settings

RUNNING = 'ExecutionStatus = "Running"'
"""The query for what is not over."""
ANSWERS_WITHIN = timedelta(seconds=1)
"""Else there is no link: what the database knows is shown all the same."""


def page_of_run(process_id: str, run_id: str) -> str:
    """Where a run says in words what it is about, how far it has come and on whom it waits."""
    return f"{_workflows(settings().web_ui_url)}/{quote(process_id, safe='')}/{run_id}/user-metadata"


def list_of(query: str, *, web_ui: str | None = None) -> str:
    """The list of processes that a query finds: `ErpWaitingOn = "warehouse"`."""
    return f"{_workflows(web_ui or settings().web_ui_url)}?{urlencode({'query': query})}"


async def page_of(client: Client, process_id: str) -> str | None:
    """The page of a process's last run; None when Temporal does not know it or does not answer."""
    try:
        found = await client.get_workflow_handle(process_id).describe(rpc_timeout=ANSWERS_WITHIN)
    except Exception:  # A link that is missing hides nothing.
        return None
    return page_of_run(process_id, found.run_id)


def _workflows(web_ui: str) -> str:
    return f"{web_ui.rstrip('/')}/namespaces/{quote(settings().temporal_namespace, safe='')}/workflows"
