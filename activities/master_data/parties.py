"""The register of parties: a domain that keeps people writes its own rows, in its own transaction."""

from sqlalchemy import text

from domains.master_data.parties import Party
from foundation.database.transaction import Transaction

_REGISTER = text(
    """
    INSERT INTO master_data.party (type, code, name, blocked) VALUES (:type, :code, :name, :blocked)
    ON CONFLICT (company_id, type, code) DO UPDATE SET name = excluded.name, blocked = excluded.blocked
    """
)


async def register_party(tx: Transaction, party: Party, name: str, *, blocked: bool = False) -> None:
    """Write somebody into the register, new or changed; customers are there by their own record."""
    await tx.execute(
        _REGISTER, {"type": party.type.value, "code": party.code, "name": name, "blocked": blocked}
    )
