"""Approval policies: who must say yes to what."""

from activities.identity import put_approval_policy
from api.door import AskedRequest
from api.records import Resource, records, router_for
from domains.identity.messages import ApprovalPolicyView
from domains.identity.queries import POLICIES, approval_policy
from domains.identity.tables import ApprovalPolicy


async def _policy(asked: AskedRequest, code: str) -> ApprovalPolicyView | None:
    async with asked.read() as tx:
        return await approval_policy(tx, code)


router = router_for(
    Resource(
        path="approval-policies",
        tag="Approvals",
        permission="identity.approval_policy",
        put=put_approval_policy,
        view=ApprovalPolicyView,
        records=records("approval-policies", ApprovalPolicyView, POLICIES, ApprovalPolicy),
        read=_policy,
        example={
            "code": "CREDIT-50K",
            "kind": "credit",
            "from_amount": "50000.00",
            "levels": [
                {"number": 1, "role": "credit manager", "escalate_to": "finance director"},
                {"number": 2, "role": "finance director"},
            ],
            "valid_from": "2026-01-01",
        },
    )
)
