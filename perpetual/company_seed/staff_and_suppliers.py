"""Who the company buys from, and who works for it."""

from datetime import date, timedelta
from decimal import Decimal
from random import Random

from perpetual.company_seed.finance import iban
from perpetual.company_seed.tax_numbers import invented_tax_number

Rows = list[dict[str, str]]

SUPPLIERS = """
Rahmenbau Eichwalde GmbH|Industriestraße 14|15732|Eichwalde|DE|EUR|NET30
Felgenwerk Rhönblick GmbH|Am Walzwerk 3|36037|Fulda|DE|EUR|NET30-2IN10
Speichen & Draht Sauerquell GmbH|Drahtzieherweg 22|58762|Altena|DE|EUR|NET30-2IN10
Reifenkontor Ostharz GmbH|Gummiallee 5|38820|Halberstadt|DE|EUR|NET30
Lichttechnik Wendtal GmbH|Lampenweg 9|73525|Schwäbisch Gmünd|DE|EUR|NET14
Antriebswerk Filderhöhe AG|Motorenstraße 40|70565|Stuttgart|DE|EUR|NET30
Zellenhaus Batterien GmbH|Akkuring 11|09599|Freiberg|DE|EUR|NET30
Sattlerei Mönkeberg & Sohn KG|Lederstraße 2|33602|Bielefeld|DE|EUR|NET14
Taschenmacher Allgrund GmbH|Segeltuchweg 18|87435|Kempten|DE|EUR|NET30
Helmwerk Lechauen GmbH|Schalenstraße 6|86150|Augsburg|DE|EUR|NET30-2IN10
Schlosshütte Bergisch GmbH|Schmiedegasse 31|42551|Velbert|DE|EUR|NET30
Kartonage Havelufer GmbH|Papierweg 4|14770|Brandenburg an der Havel|DE|EUR|NET14
Pumpenfabrik Ilmwinkel GmbH|Kolbenstraße 8|98693|Ilmenau|DE|EUR|NET30
Kartenverlag Blauer Reiher|Verlagshof 1|14467|Potsdam|DE|EUR|NET30
Märkische Spedition Kranich GmbH|Güterring 27|14774|Brandenburg an der Havel|DE|EUR|NET14
Havelstrom Energie GmbH|Kraftwerkstraße 1|14772|Brandenburg an der Havel|DE|EUR|NET14
Naben Zwaluw B.V.|Fabrieksweg 12|5048|Tilburg|NL|EUR|NET30
Componenti Valdoro S.r.l.|Via dei Mulini 44|36061|Bassano del Grappa|IT|EUR|NET60-3IN14
Forcelle Montebruno S.r.l.|Via Officina 7|31044|Montebelluna|IT|EUR|NET60-3IN14
Ogniwo Rowery Sp. z o.o.|ul. Łańcuchowa 15|66-400|Gorzów Wielkopolski|PL|EUR|NET30
Řetězy Podhora s.r.o.|Tovární 19|466 01|Jablonec nad Nisou|CZ|EUR|NET30
Präzisionslager Jurafels AG|Uhrenweg 10|2540|Grenchen|CH|CHF|NET30
Bellfoundry Pennine Ltd|6 Foundry Yard|BD1 9ZZ|Bradford|GB|GBP|NET30
Jade River Bicycle Components Co.|88 Harbour Industrial Road|436|Taichung|TW|USD|THIRD-DOWN
Golden Heron Alloy Frames Co.|21 Export Zone Avenue|806|Kaohsiung|TW|USD|THIRD-DOWN
"""

PEOPLE = """
Mareike Dornbusch|Managing director|Management|7900
Torsten Uhlenkamp|Head of finance|Finance|6100
Selma Yıldırım|Accountant, receivables|Finance|3950
Pavel Hronek|Accountant, payables|Finance|3900
Wiebke Ahlhorn|Payroll and personnel|Finance|4050
Leon Starkow|Head of sales|Sales|5600
Jule Rosenthaler|Sales, dealers in Germany|Sales|4100
Reto Ammannsegger|Sales, dealers in Switzerland|Sales|4300
Imogen Fairweather|Sales, dealers in the United Kingdom|Sales|4250
Kaya Bernhagen|Customer service|Sales|3250
Niklas Pohlenz|Customer service|Sales|3150
Ruth Grünewalder|Head of purchasing|Purchasing|5200
Emil Tannert|Buyer|Purchasing|3900
Chiara Bellandi|Buyer|Purchasing|3950
Henning Plötzke|Head of warehouse|Warehouse|4300
Agnieszka Wrona|Warehouse clerk|Warehouse|2950
Ole Sievershagen|Warehouse clerk|Warehouse|2900
Fatima Haddadi|Packing and shipping|Warehouse|2800
Detlef Rohrbeck|Packing and shipping|Warehouse|2800
Sina Kupferberg|Driver|Warehouse|2950
Gesine Oderwald|Head of the workshop|Workshop|4700
Matteo Zanolini|Bicycle mechanic, master|Workshop|3800
Birk Lausitzer|Bicycle mechanic|Workshop|3200
Hatice Demirel|Bicycle mechanic|Workshop|3200
Jannik Wolgast|Bicycle mechanic|Workshop|3100
Thea Mohrungen|Wheel builder|Workshop|3250
Vincent Adebayo|Wheel builder|Workshop|3150
Lotte Fichtner|Apprentice|Workshop|1150
Samir Kolbe|Shop manager, Potsdam|Shop|3700
Undine Wasserburg|Shop assistant, Potsdam|Shop|2750
"""


def suppliers() -> Rows:
    """All suppliers by code; from abroad the tax is owed by us, or due at the border."""
    european = {"NL", "IT", "PL", "CZ"}
    rows = []
    for place, line in enumerate(SUPPLIERS.strip().splitlines()):
        name, address, postal_code, city, country, currency, terms = line.split("|")
        tax_code = "DE-STANDARD" if country == "DE" else "REVERSE-CHARGE" if country in european else "EXPORT"
        rows.append(
            {
                "code": f"S-{2001 + place}",
                "name": name,
                "address": address,
                "postal_code": postal_code,
                "city": city,
                "country": country,
                "language": "de" if country in {"DE", "CH"} else "en",
                "currency": currency,
                "payment_terms_code": terms,
                "tax_code": tax_code,
                "tax_number": invented_tax_number(country, 2001 + place),
                "email": f"sales@supplier-{2001 + place}.example",
                "iban": iban(*_account(country, 2001 + place)),
            }
        )
    return rows


def _account(country: str, number: int) -> tuple[str, str]:
    """Formed as accounts are there; who comes from a country without such numbers has one in Germany."""
    bank, digits = {
        "NL": ("XHVL", 10),
        "IT": ("X", 22),
        "PL": ("", 24),
        "CZ": ("", 20),
        "CH": ("", 17),
        "GB": ("XHVL", 14),
    }.get(country, ("", 0))
    return (country, f"{bank}{number:0{digits}d}") if digits else ("DE", f"99990000{number:010d}")


def employees() -> Rows:
    """All people by code, longest in the house first; monthly gross salary in euro."""
    chance = Random("havelrad/employees")
    people = [line.split("|") for line in PEOPLE.strip().splitlines()]
    days = sorted(date(2009, 4, 1) + timedelta(days=chance.randrange(6000)) for _ in people[1:])
    hired = [date(2009, 3, 1), *(day.replace(day=1) for day in days)]
    chance.shuffle(others := people[1:])
    return [
        {
            "code": f"E-{place:03d}",
            "name": name,
            "job": job,
            "department": department,
            "hired_on": day.isoformat(),
            "monthly_salary": f"{Decimal(salary):.2f}",
            "currency": "EUR",
        }
        for place, (day, (name, job, department, salary)) in enumerate(
            zip(hired, [people[0], *others], strict=True), start=1
        )
    ]
