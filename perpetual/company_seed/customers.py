"""Who buys from the company: dealers in three countries, and riders."""

from dataclasses import dataclass
from decimal import Decimal
from random import Random

from perpetual.company_seed.records import NONE, DemoCustomer
from perpetual.company_seed.tax_numbers import invented_tax_number

GERMAN_DEALERS = """
Radhaus Kranichmoor|14641|Nauen
Zweirad Lindwerder|14712|Rathenow
Fahrradhof Erlenbruch|16816|Neuruppin
Speichenwerk Seddin|14547|Beelitz
Pedalhaus Oderaue|15230|Frankfurt (Oder)
Radladen Storchennest|03046|Cottbus
Velowerk Kiefernhain|14806|Bad Belzig
Zweiradscheune Birkhorst|14959|Trebbin
Fahrradkontor Wasserstern|10245|Berlin
Kettenblatt & Krone|12043|Berlin
Rückenwind Kiezräder|13347|Berlin
Radgalerie Ahornallee|14050|Berlin
Zweirad Möwenort|18055|Rostock
Fahrradschuppen Dünenhof|18439|Stralsund
Radstation Seebrise|23552|Lübeck
Alsterspeiche Radhandel|22085|Hamburg
Fahrradkontor Elbdeich|20457|Hamburg
Zweirad Heidschnucke|21335|Lüneburg
Radmanufaktur Weserbogen|28195|Bremen
Leinerad Handel|30159|Hannover
Pedalritter Harzblick|38640|Goslar
Radhaus Bördeland|39104|Magdeburg
Saalespeiche Fahrräder|06108|Halle (Saale)
Zweirad Auwald|04109|Leipzig
Fahrradwerk Elbsandstein|01067|Dresden
Radhof Silbererz|09111|Chemnitz
Thüringer Radkammer|99084|Erfurt
Velohaus Fuldatal|34117|Kassel
Radwerkstatt Ruhrspeiche|45127|Essen
Zweirad Domblick|50667|Köln
Fahrradlager Mainbogen|60311|Frankfurt am Main
Neckarrad Handel|69117|Heidelberg
Radlerei Isarkiesel|80331|München
Zweirad Pegnitzgrund|90402|Nürnberg
"""

SWISS_DEALERS = """
Velo Tannalp|8004|Zürich
Zweirad Seerosen|6003|Luzern
Veloschmiede Aareknie|3011|Bern
Rheinrad Basilea|4051|Basel
Velowerk Gallushof|9000|St. Gallen
Bündner Radkeller|7000|Chur
Velohalle Eulachrain|8400|Winterthur
Zuger Pedalerie|6300|Zug
Velo Saanebrücke|1700|Fribourg
"""

BRITISH_DEALERS = """
Hollowmere Cycles|BS1 4ZZ|Bristol
Ravensgate Bicycle Company|YO1 7ZZ|York
Fenwater Cycle Works|CB1 2ZZ|Cambridge
Dreamspoke Bicycles|OX1 3ZZ|Oxford
Northmill Wheelhouse|LS1 5ZZ|Leeds
Craigfoot Cycles|EH1 1ZZ|Edinburgh
Taffside Pedal Shop|CF10 1ZZ|Cardiff
"""

RIDERS = """
Anneke Brandstätter|14770|Brandenburg an der Havel
Bela Krüselmann|14776|Brandenburg an der Havel
Carlotta Wiesenhütter|14467|Potsdam
Dorian Feldschmidt|14482|Potsdam
Elif Sonnenberg|10405|Berlin
Friedemann Oltersdorf|12161|Berlin
Greta Nussbaumer|14542|Werder (Havel)
Hanno Uferkamp|16761|Hennigsdorf
Iwona Lerchenfeld|14612|Falkensee
Jonte Marienhagen|14789|Wusterwitz
"""

STREETS = {
    "DE": ("Lindenstraße", "Am Alten Markt", "Bahnhofstraße", "Mühlenweg", "Gartenstraße", "Hafenstraße"),
    "CH": ("Seestrasse", "Bahnhofplatz", "Mühlegasse", "Tannenweg"),
    "GB": ("Mill Lane", "Station Road", "Orchard Street", "Canal Walk"),
}
LEGAL_FORMS = {"DE": ("GmbH", "e. K.", "OHG", "GmbH"), "CH": ("AG", "GmbH"), "GB": ("Ltd",)}
CURRENCIES = {"DE": "EUR", "CH": "CHF", "GB": "GBP"}
TERMS = {
    "DE": ("NET30-2IN10", "NET30-2IN10", "NET30", "NET14", "MID-NEXT-MONTH", "SPLIT30-60"),
    "CH": ("NET30", "NET60-3IN14", "NET30-2IN10"),
    "GB": ("NET30", "THIRD-DOWN", "NET60-3IN14"),
}


@dataclass(frozen=True)
class ListedCustomer:
    """A line of one of the lists above."""

    country: str
    name: str
    postal_code: str
    city: str


def customers() -> list[DemoCustomer]:
    """All customers by code, dealers (D-1001 …) before riders (R-5001 …); limits follow from the orders."""
    chance = Random("havelrad/customers")
    dealers = [
        *listed(GERMAN_DEALERS, "DE"),
        *listed(SWISS_DEALERS, "CH"),
        *listed(BRITISH_DEALERS, "GB"),
    ]
    return [
        *(dealer(f"D-{1001 + place}", entry, chance) for place, entry in enumerate(dealers)),
        *(rider(f"R-{5001 + place}", entry, chance) for place, entry in enumerate(listed(RIDERS, "DE"))),
    ]


def listed(text: str, country: str) -> list[ListedCustomer]:
    """The lines of a list."""
    return [ListedCustomer(country, *line.split("|")) for line in text.strip().splitlines()]


def dealer(code: str, entry: ListedCustomer, chance: Random) -> DemoCustomer:
    """A dealer buys on account at prices without tax; abroad tax-exempt and in its own currency."""
    country = entry.country
    legal_form = chance.choice(LEGAL_FORMS[country])
    return DemoCustomer(
        code=code,
        name=f"{entry.name} {legal_form}",
        address=street(country, chance),
        postal_code=entry.postal_code,
        city=entry.city,
        country=country,
        language="en" if country == "GB" else "de",
        currency=CURRENCIES[country],
        price_list_code=f"DEALER-{CURRENCIES[country]}",
        payment_terms_code=chance.choice(TERMS[country]),
        tax_code="" if country == "DE" else "EXPORT",
        tax_number=invented_tax_number(country, int(code[-4:])),
        email=f"orders@{web_name(entry.name)}.example",
        credit_limit=NONE,
        invoicing=chance.choice(("shipment", "shipment", "shipment", "order")),
        delivery=chance.choice(("partial", "partial", "complete")),
        discount_percent=Decimal(chance.choice((0, 0, 0, 2, 3, 5))),
    )


def rider(code: str, entry: ListedCustomer, chance: Random) -> DemoCustomer:
    """A rider pays at once, tax included, and has no tax number."""
    return DemoCustomer(
        code=code,
        name=entry.name,
        address=street(entry.country, chance),
        postal_code=entry.postal_code,
        city=entry.city,
        country=entry.country,
        language="de",
        currency="EUR",
        price_list_code="RETAIL-EUR",
        payment_terms_code="IMMEDIATE",
        tax_code="",
        tax_number="",
        email=f"{web_name(entry.name)}@riders.example",
        credit_limit=NONE,
        invoicing="order",
        delivery="complete",
        discount_percent=NONE,
    )


def street(country: str, chance: Random) -> str:
    """A street and a number, in the order of the country."""
    name, number = chance.choice(STREETS[country]), chance.randrange(1, 95)
    return f"{number} {name}" if country == "GB" else f"{name} {number}"


def web_name(name: str) -> str:
    """The name as it can stand in an address on the web."""
    plain = name.lower()
    for letter, written in {"ä": "ae", "ö": "oe", "ü": "ue", "ß": "ss", "&": "und"}.items():
        plain = plain.replace(letter, written)
    return "-".join(plain.split())
