"""The numbers of sales' documents: from a sequence, so that they may have gaps; six digits, or more."""

from sqlalchemy import TextClause, text


def _next(prefix: str, sequence: str) -> TextClause:
    digits = f"(SELECT CAST(nextval('{sequence}') AS text) AS digits) AS taken"
    return text(f"(SELECT '{prefix}-' || lpad(digits, greatest(6, length(digits)), '0') FROM {digits})")


NEXT_ORDER = _next("SO", "sales.order_number")
NEXT_RETURN = _next("RMA", "sales.return_number")
