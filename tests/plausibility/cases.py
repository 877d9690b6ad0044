"""One wrong value and its credible twin for each check: code, severity, subject, builder, wrong, right."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pyarrow as pa

from footprint.plausibility import Estate
from tests import estates as e
from tests.plausibility.judging import estate, office, room

IMPROBABLE, DOUBTFUL = "improbable", "à vérifier"
MARCH = date(2026, 3, 1)


def servers(**values: Any) -> Estate:
    return estate(assets=[e.server("S", **values)])


def laptops(quantity: float = 1.0, **values: Any) -> Estate:
    return estate(assets=[office("PC portable", quantity, name="P", **values)])


def offices(screens: float, computers: float = 100.0, agents: float | None = None, **values: Any) -> Estate:
    assets = [office("Écran", screens, **values), office("Ordinateur portable", computers, **values)]
    return estate(assets=assets, agents=agents)


def phones(quantity: float) -> Estate:
    assets = [office("Smartphone", quantity), office("PC portable", 10), office("Écran", 10)]
    return estate(agents=10.0, assets=assets)


def virtual(host: dict[str, Any] | None = None, **values: Any) -> Estate:
    return estate(assets=[e.server("S", **(host or {}))], machines=[e.vm("V", "S", **values)])


def pool(machines: int) -> Estate:
    made = [e.vm(f"V{n}", cluster="C", vcpu=8.0) for n in range(machines)]
    return estate(assets=[e.server("S", cluster="C", cores=16.0)], machines=made)


def keyed(key: float) -> Estate:
    made = [e.vm(name, "S", key=key) for name in ("V", "W")]
    return estate(assets=[e.server("S")], machines=made)


def shared(share: float) -> Estate:
    applications = [e.application(code) for code in ("a", "b")]
    links = [e.link(code, vm="V", share=share) for code in ("a", "b")]
    return estate(assets=[e.server("S")], machines=[e.vm("V", "S")], links=links, applications=applications)


def platforms(share: float) -> Estate:
    keys = [{"platform": "p", "application": code, "share": share} for code in ("a", "b")]
    return estate(tables={"platform_keys": keys})


def app(**values: Any) -> Estate:
    return estate(applications=[e.application("a", **values)])


def weighed(kg: float, **values: Any) -> Estate:
    row = {"indicator": "gwp", "view": "application", "key": "a", "sub": "", "amount": kg}
    return estate(applications=[e.application("a", **values)], totals=pa.Table.from_pylist([row]))


def reading(**values: Any) -> Estate:
    return estate(tables={"readings": [{"data_centre": "DC", "month": MARCH, **values}]})


def service(**values: Any) -> Estate:
    return estate(tables={"services": [{"name": "s", "country": "FR", **values}]})


def centre(pue: float = 1.5, **values: Any) -> Estate:
    return estate(data_centres=[room(pue, **values)])


def host(watts: float, hours: float = 24.0, **values: Any) -> Estate:
    kwh = watts * hours / 1000.0
    run = e.measured("R", kwh, subject="host", asset="S", duration_s=hours * 3600.0, **values)
    return estate(assets=[e.server("S")], runs=[run])


def run_of(watts: float, **values: Any) -> Estate:
    return estate(runs=[e.measured("R", watts / 1000.0, **values)])


Values = dict[str, Any]
CASES: dict[str, tuple[str, str, str, Callable[..., Estate], Values, Values]] = {
    # The server of 81 kW: 710,000 kWh a year.
    "81 kW": ("P-SRV-POWER", IMPROBABLE, "S", servers, {"yearly_kwh": 710_000.0}, {"yearly_kwh": 7100.0}),
    "5 W": ("P-SRV-POWER", DOUBTFUL, "S", servers, {"yearly_kwh": 50.0}, {"yearly_kwh": 500.0}),
    "3 kW": ("P-SRV-POWER", DOUBTFUL, "S", servers, {"yearly_kwh": 26_000.0}, {"yearly_kwh": 16_000.0}),
    "0 W": ("P-SRV-POWER", DOUBTFUL, "S", servers, {"yearly_kwh": 0.0}, {"yearly_kwh": None}),
    "GPU server": ("P-SRV-POWER", IMPROBABLE, "S", servers, {"type": "Serveur GPU", "yearly_kwh": 710_000.0},
                   {"type": "Serveur GPU", "yearly_kwh": 60_000.0}),
    "unknown type": ("P-EQ-ENERGY", IMPROBABLE, "S", servers, {"type": "Truc", "yearly_kwh": 1e6},
                     {"type": "Truc", "yearly_kwh": 1e4}),
    "laptop": ("P-EQ-ENERGY", IMPROBABLE, "P", laptops, {"yearly_kwh": 5000.0}, {"yearly_kwh": 50.0}),
    "Wh as kWh": ("P-KWH-UNIT", IMPROBABLE, "S", servers, {"yearly_kwh": 3_217_000.0}, {"yearly_kwh": 3217.0}),
    "MWh as kWh": ("P-KWH-UNIT", IMPROBABLE, "S", servers, {"yearly_kwh": 3.217}, {"yearly_kwh": 3217.0}),
    "MWh of a bay": ("P-KWH-UNIT", IMPROBABLE, "S", servers, {"type": "Baie de stockage", "yearly_kwh": 14.2},
                     {"type": "Baie de stockage", "yearly_kwh": 14_200.0}),
    "line total": ("P-KWH-LINE", IMPROBABLE, "P", laptops, {"quantity": 300.0, "yearly_kwh": 14_400.0},
                   {"quantity": 300.0, "yearly_kwh": 48.0}),
    "RAM in MB": ("P-RAM", IMPROBABLE, "S", servers, {"ram_gb": 65_536.0}, {"ram_gb": 64.0}),
    "RAM of a VM in MB": ("P-RAM", IMPROBABLE, "V", virtual, {"host": {"ram_gb": None}, "ram_gb": 32_768.0},
                          {"host": {"ram_gb": None}, "ram_gb": 32.0}),
    "cores": ("P-CORES", IMPROBABLE, "S", servers, {"cores": 5000.0}, {"cores": 256.0}),
    "cores of a laptop": ("P-CORES", DOUBTFUL, "P", laptops, {"cores": 200.0}, {"cores": 16.0}),
    "fewer than cpus": ("P-CORES", IMPROBABLE, "S", servers, {"cores": 2.0, "cpus": 4.0}, {"cores": 32.0, "cpus": 2.0}),
    "half a server": ("P-QTY", DOUBTFUL, "S", servers, {"quantity": 1.5}, {"quantity": 2.0}),
    "a million servers": ("P-QTY", IMPROBABLE, "S", servers, {"quantity": 1e6}, {"quantity": 900.0}),
    "bought tomorrow": ("P-DATE-FUTURE", DOUBTFUL, "S", servers, {"purchased": date(2027, 1, 1)},
                        {"purchased": date(2026, 12, 31)}),
    "bought in 2062": ("P-DATE-FUTURE", IMPROBABLE, "S", servers, {"purchased": date(2062, 1, 1)},
                       {"purchased": date(2026, 2, 1)}),
    "16 years": ("P-AGE", DOUBTFUL, "S", servers, {"purchased": date(2010, 6, 1)}, {"purchased": date(2013, 6, 1)}),
    "1990": ("P-AGE", IMPROBABLE, "S", servers, {"purchased": date(1990, 1, 1)},
             {"purchased": date(1990, 1, 1), "retired": date(2003, 1, 1)}),
    "retired before": ("P-DATE-ORDER", IMPROBABLE, "S", servers, {"retired": date(2024, 1, 1)},
                       {"retired": date(2026, 1, 1)}),
    "life in months": ("P-LIFE", IMPROBABLE, "S", servers, {"lifetime_y": 60.0}, {"lifetime_y": 5.0}),
    "embodied in grams": ("P-EMBODIED", IMPROBABLE, "S", servers, {"embodied_kgco2e": 1_300_000.0},
                          {"embodied_kgco2e": 1300.0}),
    "3 screens an agent": ("P-SCREENS", DOUBTFUL, "2026", offices, {"screens": 300.0, "agents": 100.0},
                           {"screens": 150.0, "agents": 100.0}),
    "5 screens a computer": ("P-SCREENS", IMPROBABLE, "2026", offices, {"screens": 500.0}, {"screens": 170.0}),
    "no screen": ("P-SCREENS", DOUBTFUL, "2026", offices, {"screens": 0.0}, {"screens": 0.0, "computers": 8.0}),
    "screens of a site": ("P-SCREENS", DOUBTFUL, "Agence", offices, {"screens": 300.0, "site": "Agence"},
                          {"screens": 200.0, "site": "Agence"}),
    "3 computers an agent": ("P-TERMINALS", DOUBTFUL, "2026", offices,
                             {"screens": 100.0, "computers": 300.0, "agents": 100.0},
                             {"screens": 100.0, "computers": 150.0, "agents": 100.0}),
    "2 phones an agent": ("P-PHONES", DOUBTFUL, "2026", phones, {"quantity": 20.0}, {"quantity": 9.0}),
    "PUE < 1": ("P-PUE", IMPROBABLE, "DC", centre, {"pue": 0.7}, {"pue": 1.0}),
    "PUE > 3": ("P-PUE", IMPROBABLE, "DC", centre, {"pue": 3.4}, {"pue": 3.0}),
    "PUE of a run": ("P-PUE", IMPROBABLE, "R", run_of, {"watts": 60.0, "pue": 15.0}, {"watts": 60.0, "pue": 1.5}),
    "PUE of a month": ("P-PUE", IMPROBABLE, "DC 2026-03", reading, {"pue": 4.0}, {"pue": 1.4}),
    "PUE of a service": ("P-PUE", IMPROBABLE, "s", service, {"pue": 0.5}, {"pue": 1.2}),
    "total < IT": ("P-READ-TOTAL", IMPROBABLE, "DC 2026-03", reading, {"it_kwh": 150.0, "total_kwh": 100.0},
                   {"it_kwh": 100.0, "total_kwh": 150.0}),
    "PUE and meters": ("P-READ-PUE", DOUBTFUL, "DC 2026-03", reading,
                       {"pue": 1.2, "it_kwh": 100.0, "total_kwh": 150.0},
                       {"pue": 1.5, "it_kwh": 100.0, "total_kwh": 150.0}),
    "VM > host": ("P-VM-HOST", IMPROBABLE, "V", virtual, {"vcpu": 17.0}, {"vcpu": 16.0}),
    "VM > memory": ("P-VM-HOST", IMPROBABLE, "V", virtual, {"ram_gb": 65.0}, {"ram_gb": 64.0}),
    "overcommitment": ("P-OVERCOMMIT", DOUBTFUL, "C", pool, {"machines": 21}, {"machines": 20}),
    "keys": ("P-KEYS", IMPROBABLE, "S", keyed, {"key": 0.6}, {"key": 0.5}),
    "shares": ("P-KEYS", IMPROBABLE, "V", shared, {"share": 0.6}, {"share": 0.5}),
    "platform keys": ("P-KEYS", IMPROBABLE, "p", platforms, {"share": 0.7}, {"share": 0.5}),
    "users": ("P-USERS", DOUBTFUL, "a", app, {"users": 80_000_000}, {"users": 60_000_000}),
    "acts < users": ("P-ACTS", DOUBTFUL, "a", app, {"users": 1000, "act_volume": 900.0},
                     {"users": 1000, "act_volume": 1000.0}),
    "1 t a user": ("P-APP-USER", DOUBTFUL, "a", weighed, {"kg": 2e4, "users": 10}, {"kg": 2e4, "users": 30}),
    "1 g a user": ("P-APP-USER", DOUBTFUL, "a", weighed, {"kg": 1.0, "users": 2000}, {"kg": 1.0, "users": 900}),
    "1 t an act": ("P-APP-ACT", DOUBTFUL, "a", weighed, {"kg": 2e4, "act_volume": 20.0},
                   {"kg": 2e4, "act_volume": 2e4}),
    "service in grams": ("P-GRAMS", IMPROBABLE, "s", service, {"yearly_kwh": 1000.0, "kgco2e": 46_100.0},
                         {"yearly_kwh": 1000.0, "kgco2e": 46.1}),
    "service too light": ("P-SERVICE", DOUBTFUL, "s", service, {"yearly_kwh": 1e4, "kgco2e": 5.0},
                          {"yearly_kwh": 1e4, "kgco2e": 500.0}),
    "service and spend": ("P-SPEND", IMPROBABLE, "s", service, {"kgco2e": 5e4, "spend_eur": 100.0},
                          {"kgco2e": 50.0, "spend_eur": 100.0}),
    "contract in grams": ("P-ELEC-FACTOR", IMPROBABLE, "DC", centre, {"contract_kgco2e_kwh": 20.0},
                          {"contract_kgco2e_kwh": 0.02}),
    "20 kW measured": ("P-RUN-POWER", DOUBTFUL, "R", run_of, {"watts": 20_000.0}, {"watts": 6000.0}),
    "1 MW measured": ("P-RUN-POWER", IMPROBABLE, "R", run_of, {"watts": 1e6}, {"watts": 300.0}),
    "host and type": ("P-HOST-GENERIC", DOUBTFUL, "R", host, {"watts": 5.0}, {"watts": 50.0}),
    "zone": ("P-RUN-ZONE", DOUBTFUL, "S", host, {"watts": 200.0, "zone": "PL"}, {"watts": 200.0, "zone": "FR"}),
}  # fmt: skip
