"""The company itself, its accounts, taxes, payment terms and currencies."""

import json
from datetime import date
from decimal import Decimal
from random import Random

from perpetual.company_seed.records import OpeningStock, as_rows, as_text, rounded

Rows = list[dict[str, str]]

RATES_IN_JANUARY = {"CHF": Decimal("0.9310"), "GBP": Decimal("0.8690"), "USD": Decimal("1.1720")}

ACCOUNTS = """
1000|Land and buildings|asset|
1010|Machinery and workshop equipment|asset|
1020|Vehicles|asset|
1030|Office equipment and computers|asset|
1090|Accumulated depreciation|asset|
1100|Inventory|asset|inventory
1150|Prepayments to suppliers|asset|
1160|Landed cost clearing|asset|landed_cost_clearing
1200|Trade receivables|asset|receivable
1250|Other receivables|asset|
1260|Loans to employees|asset|employee_loans
1300|Input tax receivable|asset|tax_receivable
1400|Bank|asset|bank
1410|Bank, account in Swiss francs|asset|
1420|Bank, account in pounds sterling|asset|
1450|Cash|asset|cash
1470|Outgoing payments in transit|asset|payments_in_transit
1480|Exchange clearing|asset|exchange_clearing
1490|Prepaid expenses|asset|
2000|Trade payables|liability|payable
2050|Goods received, not invoiced|liability|goods_received_not_invoiced
2100|Customers' money on account|liability|customer_on_account
2200|Output tax payable|liability|tax_payable
2210|Output tax payable, reduced rate|liability|
2220|Tax payable, reverse charge|liability|
2230|Tax payable, other countries|liability|
2300|Wages payable|liability|wages_payable
2310|Wage tax and social security payable|liability|payroll_liabilities
2400|Accrued expenses|liability|
2450|Provision for warranties|liability|
2500|Bank loans|liability|
2600|Deferred income|liability|
3000|Share capital|equity|
3100|Capital reserve|equity|
3200|Retained earnings|equity|retained_earnings
3900|Opening balances|equity|opening_balance
4000|Sales revenue|income|revenue
4100|Freight charged to customers|income|freight_revenue
4200|Cash discount granted|income|discount_granted
4300|Other operating income|income|
4400|Exchange gains|income|exchange_gain
4500|Interest income|income|interest_income
4510|Dunning fees|income|dunning_fees
4600|Cash discount received|income|discount_received
5000|Cost of goods sold|expense|cost_of_goods_sold
5100|Inventory adjustments|expense|inventory_adjustment
5110|Differences found by counting|expense|count_difference
5120|Scrapped goods|expense|scrapped_goods
5130|Write-downs of inventory|expense|inventory_write_down
5200|Purchase price differences|expense|purchase_price_difference
5210|Goods receipts written off|expense|goods_received_written_off
5250|Purchased services|expense|purchased_services
5300|Inbound freight and customs duty|expense|
5400|Packaging material|expense|
6000|Wages and salaries|expense|payroll_expense
6010|Social security, employer's share|expense|employer_contributions
6020|Loans to employees written off|expense|employee_loans_written_off
6100|Rent|expense|
6110|Electricity, heating and water|expense|
6120|Repairs and maintenance|expense|
6200|Outbound freight|expense|
6210|Vehicle costs|expense|
6300|Advertising and trade fairs|expense|
6310|Travel|expense|
6400|Insurance and contributions|expense|
6410|Legal, tax and audit advice|expense|
6420|Telephone, software and computers|expense|
6430|Bank charges|expense|
6500|Depreciation|expense|
6600|Bad debts|expense|bad_debts
6700|Small payment differences|expense|small_differences
6710|Rounding differences|expense|rounding_difference
6800|Exchange losses|expense|exchange_loss
6900|Interest on loans|expense|
7000|Taxes on income|expense|
"""

PAYMENT_TERMS: tuple[tuple[str, str, list[dict[str, object]], str, str], ...] = (
    ("IMMEDIATE", "Payable at once", [{"kind": "remainder", "months": 0, "days": 0}], "0", "0"),
    ("NET14", "14 days net", [{"kind": "remainder", "months": 0, "days": 14}], "0", "0"),
    ("NET30", "30 days net", [{"kind": "remainder", "months": 0, "days": 30}], "0", "0"),
    (
        "NET30-2IN10",
        "2 % within 10 days, 30 days net",
        [{"kind": "remainder", "months": 0, "days": 30}],
        "2",
        "10",
    ),
    (
        "NET60-3IN14",
        "3 % within 14 days, 60 days net",
        [{"kind": "remainder", "months": 0, "days": 60}],
        "3",
        "14",
    ),
    (
        "MID-NEXT-MONTH",
        "On the 15th of the following month",
        [{"kind": "remainder", "months": 1, "days": 0, "day_of_month": 15}],
        "0",
        "0",
    ),
    (
        "SPLIT30-60",
        "Half after 30 days, half after 60 days",
        [
            {"kind": "percent_of_total", "value": "50", "months": 0, "days": 30},
            {"kind": "remainder", "months": 0, "days": 60},
        ],
        "0",
        "0",
    ),
    (
        "THIRD-DOWN",
        "30 % at once, the rest in two equal parts after one and two months",
        [
            {"kind": "percent_of_total", "value": "30", "months": 0, "days": 0},
            {"kind": "percent_of_remaining", "value": "50", "months": 1, "days": 0},
            {"kind": "remainder", "months": 2, "days": 0},
        ],
        "0",
        "0",
    ),
)

FIRST_BALANCES = {
    "1000": "380000.00",
    "1010": "214500.00",
    "1020": "68900.00",
    "1030": "41250.00",
    "1090": "-187420.00",
    "1400": "412380.55",
    "1410": "38215.40",
    "1420": "21604.90",
    "1450": "1250.00",
    "2500": "-620000.00",
    "3000": "-250000.00",
    "3100": "-900000.00",
}
"""Euro on the first day; credits are negative. Inventory and retained earnings follow from the stock."""


def companies() -> Rows:
    """The one company of the demo. Bank details and tax number are invented."""
    return as_rows(
        "code,name,currency,country,address,postal_code,city,tax_number,iban,bic,email,tax_rounding,default_warehouse_code",
        "HAVELRAD|Havelrad GmbH|EUR|DE|Am Speicherkai 7|14770|Brandenburg an der Havel|DE999900016"
        f"|{german_iban('99990000', '0017042600')}|XHVLDEBBXXX|office@havelrad.example|document|MAIN",
    )


def german_iban(bank_code: str, account_number: str) -> str:
    """A German IBAN. No bank's code begins with 9."""
    return iban("DE", f"{bank_code}{account_number}")


def iban(country: str, account: str) -> str:
    """An account with its check digits (ISO 13616, modulo 97); letters count from 10."""
    digits = "".join(str(int(letter, 36)) for letter in f"{account}{country}00")
    return f"{country}{98 - int(digits) % 97:02d}{account}"


def accounts() -> Rows:
    """The chart of accounts; every role that the programs post to stands at exactly one account."""
    return as_rows("code,name,kind,role", *ACCOUNTS.strip().splitlines())


def tax_codes() -> Rows:
    """The taxes the company meets: its own, and one example each of Switzerland and the United Kingdom."""
    return as_rows(
        "code,name,kind,rate_percent,account_code,exemption_reason,country",
        "CH-STANDARD|Swiss value added tax 8.1 %|standard|8.1|2230||CH",
        "DE-REDUCED|German value added tax 7 %|standard|7|2210||DE",
        "DE-STANDARD|German value added tax 19 %|standard|19|2200||DE",
        "EU-SUPPLY|Intra-community supply|intra_community|0|2200"
        "|Tax-exempt intra-community supply (section 4 no. 1 b UStG, article 138 Directive 2006/112/EC)|DE",
        "EXPORT|Export to a third country|exempt|0|2200"
        "|Tax-exempt export delivery (section 4 no. 1 a UStG, article 146 Directive 2006/112/EC)|DE",
        "GB-STANDARD|United Kingdom value added tax 20 %|standard|20|2230||GB",
        "REVERSE-CHARGE|Service taxed at the recipient|reverse_charge|0|2220"
        "|Reverse charge: the recipient owes the tax (article 196 Directive 2006/112/EC)|DE",
    )


def payment_terms() -> Rows:
    """When customers pay; instalments as JSON, fields that do not apply left out."""
    return [
        {
            "code": code,
            "name": name,
            "instalments": json.dumps(instalments),
            "discount_percent": discount_percent,
            "discount_days": discount_days,
        }
        for code, name, instalments, discount_percent, discount_days in PAYMENT_TERMS
    ]


def currencies() -> Rows:
    """The currencies and how many decimals their smallest unit has."""
    return as_rows(
        "code,name,decimals", "CHF|Swiss franc|2", "EUR|Euro|2", "GBP|Pound sterling|2", "USD|US dollar|2"
    )


def exchange_rates() -> dict[tuple[str, int], Decimal]:
    """Foreign currency per one euro, by currency and month, 1 being January 2026; a random walk, invented.

    It goes on to June 2027: the last orders of the year are paid in the next.
    """
    rates = {}
    last = RATES_IN_JANUARY
    for chance, months in (
        (Random("havelrad/exchange rates"), range(1, 13)),
        (Random("havelrad/exchange rates of the next year"), range(13, 19)),
    ):
        following = {}
        for currency, first in last.items():
            rate = first
            for month in months:
                rates[currency, month] = rate
                step = Decimal(chance.randrange(-90, 91)) / 10000
                rate = rounded(rate * (1 + step), Decimal("0.0001"))
            following[currency] = rate
        last = following
    return rates


def exchange_rate_rows() -> Rows:
    """One rate per currency and month, valid from the first day of the month."""
    return [
        {
            "currency": currency,
            "valid_from": date(2026 + (month - 1) // 12, (month - 1) % 12 + 1, 1).isoformat(),
            "rate": as_text(rate),
        }
        for (currency, month), rate in sorted(exchange_rates().items())
    ]


def opening_balances(stock: list[OpeningStock]) -> Rows:
    """The first balance sheet, in euro, balanced; inventory is the stock, each line rounded to cents."""
    balances = {account: Decimal(balance) for account, balance in FIRST_BALANCES.items()}
    balances["1100"] = sum((rounded(line.quantity * line.unit_cost) for line in stock), start=Decimal(0))
    balances["3200"] = -sum(balances.values(), start=Decimal(0))
    return [
        {
            "account_code": account,
            "debit": as_text(rounded(max(balance, Decimal(0)))),
            "credit": as_text(rounded(max(-balance, Decimal(0)))),
        }
        for account, balance in sorted(balances.items())
    ]
