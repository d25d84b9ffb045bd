"""What the company assembles and trades: items, their units and their bills of materials."""

from decimal import Decimal

from perpetual.company_seed.records import BillLine, DemoItem, as_rows, as_text, rounded

Rows = list[dict[str, str]]

BOUGHT = """
frames
FRAME-CITY|City frame, aluminium, low entry|piece|62.00|2.300
FRAME-TREKKING|Trekking frame, aluminium|piece|78.00|2.100
FRAME-GRAVEL|Gravel frame, butted aluminium|piece|145.00|1.750
FRAME-MOUNTAIN|Mountain frame, aluminium|piece|132.00|2.050
FRAME-CHILDREN|Children's frame, 20 inch|piece|38.00|1.600
FRAME-ELECTRIC|Frame for mid-motor, aluminium|piece|168.00|2.900
FRAME-CARGO|Cargo frame for mid-motor, steel|piece|310.00|8.400
parts
FORK-RIGID|Rigid fork, steel|piece|24.00|1.100
FORK-CARBON|Rigid fork, carbon|piece|88.00|0.480
FORK-SUSPENSION|Suspension fork, 100 mm|piece|74.00|2.200
RIM-28|Rim, 28 inch, 36 holes|piece|14.50|0.560
RIM-20|Rim, 20 inch, 36 holes|piece|9.80|0.390
HUB-FRONT|Front hub|piece|8.90|0.210
HUB-DYNAMO|Front hub with dynamo|piece|26.00|0.490
HUB-REAR-3|Rear hub, 3 gears, coaster brake|piece|48.00|1.240
HUB-REAR-CASSETTE|Rear hub for cassette|piece|17.50|0.360
SPOKE-STEEL|Spoke with nipple, stainless steel|piece|0.14|0.008
CRANKSET-CITY|Crankset, 38 teeth|piece|22.00|0.820
CRANKSET-SPORT|Crankset, 40 teeth, hollow axle|piece|46.00|0.690
CHAIN-STANDARD|Chain, 114 links|piece|6.40|0.310
CHAIN-11|Chain, 11 gears|piece|15.80|0.260
GEARS-9|Gear set, 9 gears: shifter, derailleur, cassette|set|64.50|0.890
GEARS-11|Gear set, 11 gears: shifter, derailleur, cassette|set|128.00|0.810
BRAKES-RIM|Rim brakes with levers|set|14.00|0.640
BRAKES-DISC|Hydraulic disc brakes|set|62.00|0.780
MOTOR-250|Mid-motor, 250 W|piece|385.00|2.900
BATTERY-500|Battery, 500 Wh|piece|265.00|2.700
DISPLAY-ELECTRIC|Display and control for electric bicycles|piece|48.00|0.120
SADDLE-CITY|Comfort saddle|piece|12.50|0.540
SADDLE-SPORT|Sport saddle|piece|19.00|0.290
SEATPOST-272|Seat post, 27.2 mm|piece|9.00|0.280
HANDLEBAR-CITY|City handlebar|piece|8.50|0.420
HANDLEBAR-SPORT|Sport handlebar|piece|14.00|0.310
STEM-STANDARD|Stem, adjustable|piece|7.20|0.260
GRIPS-ERGONOMIC|Ergonomic grips|pair|5.40|0.180
PEDALS-CITY|City pedals with reflectors|pair|5.20|0.360
PEDALS-SPORT|Sport pedals, aluminium|pair|12.00|0.340
TYRE-28-37|Tyre 28 inch, 37 mm, puncture protected|piece|9.60|0.690
TYRE-28-45|Tyre 28 inch, 45 mm, off-road|piece|15.40|0.580
TYRE-20|Tyre 20 inch, 47 mm|piece|7.10|0.450
TUBE-28|Inner tube, 28 inch|piece|2.10|0.150
TUBE-20|Inner tube, 20 inch|piece|1.90|0.120
MUDGUARDS-28|Mudguards, 28 inch|set|8.80|0.520
RACK-REAR|Rear rack|piece|12.40|0.760
LIGHT-FRONT|Front light, 60 lux|piece|11.50|0.090
LIGHT-REAR|Rear light with standlight|piece|6.20|0.050
KICKSTAND|Kickstand|piece|5.60|0.330
accessories
HELMET-ADULT|Helmet for adults|piece|17.50|0.290
HELMET-CHILD|Helmet for children|piece|11.20|0.240
LOCK-CHAIN|Chain lock, 110 cm|piece|19.00|1.850
LOCK-FOLDING|Folding lock, 90 cm|piece|26.00|1.250
PANNIER-REAR|Rear pannier, waterproof, 20 l|piece|24.00|0.950
PUMP-FLOOR|Floor pump with gauge|piece|13.00|1.400
BOTTLE-750|Drinking bottle, 750 ml|piece|2.40|0.080
TOOL-FOLDING|Folding tool, 12 functions|piece|8.20|0.160
REPAIR-KIT|Puncture repair kit|piece|1.70|0.040
BELL|Bell|piece|1.60|0.050
CHILD-SEAT|Child seat with rack mount|piece|42.00|3.600
MAP-HAVELLAND|Cycling map of the Havelland|piece|3.60|0.090
packaging
CARTON-BICYCLE|Carton for one bicycle|piece|3.80|2.600
"""

ASSEMBLED = """
subassemblies
WHEEL-FRONT-28|Front wheel, 28 inch|RIM-28 HUB-FRONT SPOKE-STEEL*36
WHEEL-FRONT-DYNAMO|Front wheel, 28 inch, with dynamo|RIM-28 HUB-DYNAMO SPOKE-STEEL*36
WHEEL-REAR-3|Rear wheel, 28 inch, 3 gears|RIM-28 HUB-REAR-3 SPOKE-STEEL*36
WHEEL-REAR-CASSETTE|Rear wheel, 28 inch, for cassette|RIM-28 HUB-REAR-CASSETTE SPOKE-STEEL*36
WHEEL-PAIR-20|Pair of wheels, 20 inch|RIM-20*2 HUB-FRONT HUB-REAR-CASSETTE SPOKE-STEEL*72
COCKPIT-CITY|Handlebar, stem and grips, city|HANDLEBAR-CITY STEM-STANDARD GRIPS-ERGONOMIC BELL
COCKPIT-SPORT|Handlebar, stem and grips, sport|HANDLEBAR-SPORT STEM-STANDARD GRIPS-ERGONOMIC BELL
bicycles
BIKE-CITY-3|Havel 3, city bicycle|FRAME-CITY FORK-RIGID WHEEL-FRONT-DYNAMO WHEEL-REAR-3 CRANKSET-CITY \
CHAIN-STANDARD BRAKES-RIM COCKPIT-CITY SADDLE-CITY PEDALS-CITY TYRE-28-37*2 TUBE-28*2 ROAD-EQUIPMENT
BIKE-CITY-9|Havel 9, city bicycle|FRAME-CITY FORK-RIGID WHEEL-FRONT-DYNAMO WHEEL-REAR-CASSETTE CRANKSET-CITY \
CHAIN-STANDARD GEARS-9 BRAKES-RIM COCKPIT-CITY SADDLE-CITY PEDALS-CITY TYRE-28-37*2 TUBE-28*2 ROAD-EQUIPMENT
BIKE-TREKKING-9|Spree 9, trekking bicycle|FRAME-TREKKING FORK-SUSPENSION WHEEL-FRONT-DYNAMO \
WHEEL-REAR-CASSETTE CRANKSET-CITY CHAIN-STANDARD GEARS-9 BRAKES-RIM COCKPIT-CITY SADDLE-CITY PEDALS-CITY \
TYRE-28-37*2 TUBE-28*2 ROAD-EQUIPMENT
BIKE-TREKKING-11|Spree 11, trekking bicycle|FRAME-TREKKING FORK-SUSPENSION WHEEL-FRONT-DYNAMO \
WHEEL-REAR-CASSETTE CRANKSET-SPORT CHAIN-11 GEARS-11 BRAKES-DISC COCKPIT-SPORT SADDLE-SPORT PEDALS-SPORT \
TYRE-28-37*2 TUBE-28*2 ROAD-EQUIPMENT
BIKE-GRAVEL|Nuthe, gravel bicycle|FRAME-GRAVEL FORK-CARBON WHEEL-FRONT-28 WHEEL-REAR-CASSETTE CRANKSET-SPORT \
CHAIN-11 GEARS-11 BRAKES-DISC COCKPIT-SPORT SADDLE-SPORT PEDALS-SPORT TYRE-28-45*2 TUBE-28*2
BIKE-MOUNTAIN|Rauen, mountain bicycle|FRAME-MOUNTAIN FORK-SUSPENSION WHEEL-FRONT-28 WHEEL-REAR-CASSETTE \
CRANKSET-SPORT CHAIN-11 GEARS-11 BRAKES-DISC COCKPIT-SPORT SADDLE-SPORT PEDALS-SPORT TYRE-28-45*2 TUBE-28*2
BIKE-CHILDREN-20|Plane 20, children's bicycle|FRAME-CHILDREN FORK-RIGID WHEEL-PAIR-20 CRANKSET-CITY \
CHAIN-STANDARD BRAKES-RIM COCKPIT-CITY SADDLE-CITY PEDALS-CITY TYRE-20*2 TUBE-20*2
electric bicycles
BIKE-ELECTRIC-CITY|Havel E, electric city bicycle|FRAME-ELECTRIC FORK-SUSPENSION WHEEL-FRONT-28 \
WHEEL-REAR-3 CHAIN-STANDARD BRAKES-DISC COCKPIT-CITY SADDLE-CITY PEDALS-CITY TYRE-28-37*2 TUBE-28*2 \
ROAD-EQUIPMENT ELECTRICS
BIKE-ELECTRIC-TREKKING|Spree E, electric trekking bicycle|FRAME-ELECTRIC FORK-SUSPENSION WHEEL-FRONT-28 \
WHEEL-REAR-CASSETTE CHAIN-11 GEARS-11 BRAKES-DISC COCKPIT-SPORT SADDLE-SPORT PEDALS-SPORT TYRE-28-37*2 \
TUBE-28*2 ROAD-EQUIPMENT ELECTRICS
BIKE-ELECTRIC-CARGO|Oder E, electric cargo bicycle|FRAME-CARGO FORK-RIGID WHEEL-FRONT-28 WHEEL-REAR-CASSETTE \
CHAIN-STANDARD GEARS-9 BRAKES-DISC COCKPIT-CITY SADDLE-CITY PEDALS-CITY TYRE-28-45*2 TUBE-28*2 \
LIGHT-FRONT LIGHT-REAR KICKSTAND ELECTRICS
"""

ON_EVERY_BICYCLE = "SEATPOST-272 CARTON-BICYCLE"
BUNDLES = {
    "ROAD-EQUIPMENT": "MUDGUARDS-28 RACK-REAR LIGHT-FRONT LIGHT-REAR KICKSTAND",
    "ELECTRICS": "MOTOR-250 BATTERY-500 DISPLAY-ELECTRIC",
}
ASSEMBLY_WORK = {
    "subassemblies": Decimal("4.50"),
    "bicycles": Decimal("58.00"),
    "electric bicycles": Decimal("84.00"),
}
"""Wages per piece, in euro, that are part of the standard cost of an assembled item."""

SERVICES = (
    ("SERVICE-ENGRAVING", "Coding engraved on the frame", "piece", "6.00"),
    ("SERVICE-INSPECTION", "Inspection of a bicycle", "piece", "34.00"),
    ("SERVICE-WORKSHOP", "Work in the workshop", "hour", "31.00"),
)
NOT_SOLD = {"subassemblies", "packaging"}
LAYERED = {"frames", "bicycles", "electric bicycles"}
"""Groups of which every receipt keeps its own cost (first in, first out); others have a moving average."""

BOXES = {
    "BELL": ("box", 20),
    "BOTTLE-750": ("box", 24),
    "CHAIN-STANDARD": ("box", 25),
    "GRIPS-ERGONOMIC": ("box", 10),
    "HELMET-ADULT": ("box", 8),
    "PEDALS-CITY": ("box", 10),
    "REPAIR-KIT": ("box", 36),
    "SPOKE-STEEL": ("box", 100),
    "TUBE-20": ("box", 10),
    "TUBE-28": ("box", 10),
    "TYRE-28-37": ("pallet", 120),
    "CARTON-BICYCLE": ("pallet", 60),
}


def grouped(text: str) -> list[tuple[str, list[str]]]:
    """The lines of a list with the group they stand under."""
    entries, group = [], ""
    for line in text.strip().splitlines():
        if "|" in line:
            entries.append((group, line.split("|")))
        else:
            group = line
    return entries


def bills_of_materials() -> list[BillLine]:
    """What assembled items are made of: bicycles of subassemblies and parts, subassemblies of parts."""
    units = {fields[0]: fields[2] for _, fields in grouped(BOUGHT)}
    lines = []
    for group, (code, _, recipe) in grouped(ASSEMBLED):
        whole = recipe if group == "subassemblies" else f"{recipe} {ON_EVERY_BICYCLE}"
        for bundle, content in BUNDLES.items():
            whole = whole.replace(bundle, content)
        for part in whole.split():
            component, _, quantity = part.partition("*")
            lines.append(BillLine(code, component, Decimal(quantity or 1), units.get(component, "piece")))
    return sorted(lines, key=lambda line: (line.parent_item_code, line.component_item_code))


def items() -> list[DemoItem]:
    """All items, by code. The cost of an assembled item is that of its components and the work on it."""
    made = {service[0]: service_item(*service) for service in SERVICES}
    for group, (code, name, unit, cost, weight) in grouped(BOUGHT):
        made[code] = DemoItem(
            code=code,
            name=name,
            description=f"{name}; bought in, kept with the {group}.",
            unit=unit,
            kind="bought",
            costing_method="fifo" if group in LAYERED else "moving_average",
            tax_code="DE-REDUCED" if code.startswith("MAP") else "DE-STANDARD",
            weight_kg=Decimal(weight),
            standard_cost=Decimal(cost),
            group=group,
        )
    bills = bills_of_materials()
    for group, (code, name, _) in grouped(ASSEMBLED):
        made[code] = assembled_item(code, name, group, [b for b in bills if b.parent_item_code == code], made)
    return [made[code] for code in sorted(made)]


def service_item(code: str, name: str, unit: str, cost: str) -> DemoItem:
    """Work that is sold by itself: never in stock, without weight."""
    return DemoItem(
        code=code,
        name=name,
        description=f"{name}; a service, not kept in stock.",
        unit=unit,
        kind="service",
        costing_method="moving_average",
        tax_code="DE-STANDARD",
        weight_kg=Decimal("0.000"),
        standard_cost=Decimal(cost),
        group="services",
    )


def assembled_item(
    code: str, name: str, group: str, bill: list[BillLine], made: dict[str, DemoItem]
) -> DemoItem:
    """An item of our own workshop; cost and weight are rolled up from its bill of materials."""
    cost = sum(
        (line.quantity * made[line.component_item_code].standard_cost for line in bill), ASSEMBLY_WORK[group]
    )
    weight = sum((line.quantity * made[line.component_item_code].weight_kg for line in bill), Decimal(0))
    return DemoItem(
        code=code,
        name=name,
        description=f"{name}; assembled in our workshop from {len(bill)} components.",
        unit="piece",
        kind="assembled",
        costing_method="fifo" if group in LAYERED else "moving_average",
        tax_code="DE-STANDARD",
        weight_kg=weight,
        standard_cost=rounded(cost),
        group=group,
    )


def units() -> Rows:
    """The units in which goods are counted and packed."""
    return as_rows(
        "code,name,un_code",
        "box|Box|XBX",
        "hour|Hour|HUR",
        "pair|Pair|PR",
        "pallet|Pallet|XPX",
        "piece|Piece|H87",
        "set|Set|SET",
    )


def item_units() -> Rows:
    """How many stock units a packing unit of an item holds."""
    return [
        {"item_code": code, "unit": unit, "factor": as_text(Decimal(factor))}
        for code, (unit, factor) in sorted(BOXES.items())
    ]


def warehouses() -> Rows:
    """The main warehouse at the workshop, and the store of the shop in Potsdam."""
    return as_rows(
        "code,name,address,postal_code,city,country",
        "MAIN|Main warehouse|Am Speicherkai 7|14770|Brandenburg an der Havel|DE",
        "SHOP|Store of the Potsdam shop|Kranichgasse 12|14467|Potsdam|DE",
    )
