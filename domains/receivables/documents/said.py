"""What an invoice says beside its figures: kept with it as it was on its day, in the customer's language."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from domains.master_data import letterhead
from domains.master_data.messages import PutPaymentTerms, PutTaxCode
from domains.master_data.rules import languages
from domains.master_data.views import CompanyView, CustomerView


@dataclass(frozen=True)
class Said:
    """Who charges whom in which currency, on which terms, and what the taxes are called."""

    company: CompanyView
    customer: CustomerView
    payment: PutPaymentTerms
    currency: str
    tax_codes: Mapping[str, PutTaxCode]

    def head(self) -> dict[str, Any]:
        """The columns of the invoice that keep it."""
        return {
            "company": letterhead.sender(self.company, self.currency).model_dump(mode="json"),
            "customer": self.customer.model_dump(mode="json"),
            "terms": {"name": languages.terms_in(self.customer.language, self.payment)},
        }

    def tax(self, tax_code: str, component: str) -> str:
        """What a tax is called."""
        return languages.tax_in(self.customer.language, self.tax_codes[tax_code], component)

    def exemption(self, tax_code: str) -> str:
        """Why it is not charged; empty when it is."""
        return languages.exemption_in(self.customer.language, self.tax_codes[tax_code])
