"""`footprint demo`: sample estate, a real experiment measured on this machine, scores.

Done once: a second call measures nothing again, imports nothing again, and finds the assessment made.
"""

from __future__ import annotations

import sys
from datetime import UTC, datetime

import pos_map
from footprint.agent.hosting import sample_host
from footprint.assessments import assess_campaign
from footprint.cli.summary_text import print_summary
from footprint.cli.tables import application_table, model_table, progress, show, step
from footprint.errors import CampaignError
from footprint.records.ingest import ingest
from footprint.records.runs import runs
from footprint.store.database import Store, open_store
from footprint.store.referential import campaigns, ensure_campaign, import_files
from footprint.texts import say
from footprint.views import model_sheet, models, summary, tiles

ORGANISATION = "Caisse Exemple"
MODEL = "tri-courrier:1.0"
HOST_SECONDS = 5.0
TOP = 20


def demonstrate(*, again: bool = False) -> Store:
    """Import, measure, join, assess and print; returns the open store."""
    store = open_store()
    if any(campaign.organisation != ORGANISATION for campaign in campaigns(store)):
        raise CampaignError(
            f"{store.home} tient déjà de vraies campagnes. Donnez un autre dossier à l’exemple : FOOTPRINT_HOME.",
            f"{store.home} already holds real campaigns. Give the demonstration another folder: FOOTPRINT_HOME.",
        )
    # The one place that reads the calendar: runs measured now belong to this year's campaign.
    campaign = ensure_campaign(store, ORGANISATION, datetime.now(UTC).year)
    with step(
        say("Import du parc d’exemple (Caisse Exemple, organisme fictif)", "Import of the fictional sample")
    ):
        report = import_files(store, campaign, pos_map.sample_paths(), actor="demo")
    n = len(report.warnings)
    print(
        say(
            f"  {len(report.inventory.applications)} applications, {n} avertissements (footprint check pour les lire)",
            f"  {len(report.inventory.applications)} applications, {n} warnings (footprint check to read them)",
        ),
        file=sys.stderr,
    )
    _measure(store, campaign.year, again=again)
    with step(say("Évaluation du parc et des exécutions", "Assessment of the estate and the runs")):
        ingest(store)
        _kept, new = assess_campaign(store, campaign, actor="demo")
    show(
        application_table(tiles(store), TOP),
        model_table([model_sheet(store, name) for name in models(store)]),
    )
    print_summary(summary(store), new=new)
    return store


def _measure(store: Store, year: int, *, again: bool) -> None:
    began = datetime(year, 1, 1, tzinfo=UTC).timestamp()
    done = [run for run in runs(store.home) if run.energy_kwh is not None and (run.start or 0.0) >= began]
    if again or not any(run.model == MODEL and run.phase == "inference" for run in done):
        from footprint.demo.mail_triage import main as triage

        label = say("Entraînement mesuré d’un trieur de courrier", "Measured training of a mail triage model")
        with step(label):
            triage()
    if again or not any(run.subject == "host" for run in done):
        with progress(
            say("Mesure de cette machine comme serveur", "Sampling this machine as a server")
        ) as advance:
            sample_host(HOST_SECONDS, home=store.home, progress=advance)
