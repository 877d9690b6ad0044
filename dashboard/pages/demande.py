"""One launch request: what is asked, the frozen assessment, the decision and its history."""

from __future__ import annotations

from typing import Any

from dash import html

from dashboard.components import letters
from dashboard.components.dates import day, moment
from dashboard.components.forms import choice, long_field, text_field
from dashboard.components.frame import csrf
from dashboard.components.tables import facts, table
from dashboard.page import Page, application_link, model_link
from dashboard.pages.demandes import ADVICE, DECISIONS, STATES, departure, state_name
from footprint import formats, launch, views
from footprint.sheets import Amount
from footprint.texts import say

PATH = "/demande/"
NAME = ("Demande", "Request")

CONDITION_ROWS = 3


def layout(page: Page, subject: str) -> Any:
    """The whole page of this request."""
    request = launch.get(page.store, subject)
    blocks = [
        _title(request),
        html.Div([_asked(page, request), _assessed(request)], className="pair"),
        _decided(request),
        _decide(page, request),
        _contest(page, request),
        _history(request),
    ]
    return [block for block in blocks if block is not None]


def _title(request: launch.LaunchRequest) -> Any:
    crumbs = html.Ol([html.Li(html.A(say("Demandes", "Requests"), href="/demandes"))], className="crumbs")
    return html.Div(
        [
            html.Nav(crumbs, **{"aria-label": say("Vous êtes ici", "You are here")}),
            html.H1([request.form.title, " ", html.Span(request.id, className="code")]),
            html.P(html.Span(state_name(request), className="chip chip-strong")),
        ],
        className="page-title",
    )


def _asked(page: Page, request: launch.LaunchRequest) -> Any:
    form = request.form
    application = (
        html.A(form.application, href=application_link(form.application)) if form.application else None
    )
    known = form.model in views.models(page.store)
    model = html.A(form.model, href=model_link(form.model)) if known else form.model
    volume = formats.integer(form.yearly_volume) if form.yearly_volume is not None else formats.unknown()
    signed = f"{request.submitter}, {request.submitter_function}, {moment(request.submitted_at)}"
    pairs = [
        (say("Application", "Application"), application),
        (say("Modèle", "Model"), model),
        (say("Acte fonctionnel", "Functional act"), form.functional_act),
        (say("Volume annuel", "Yearly volume"), volume),
        (say("Finalité", "Purpose"), form.purpose),
        (say("Alternative étudiée", "Alternative considered"), form.alternative),
        (say("Soumise par", "Submitted by"), signed),
    ]
    return html.Section([html.H2(say("La demande", "The request")), facts(pairs)], className="card")


def _assessed(request: launch.LaunchRequest) -> Any:
    frozen, advice = request.frozen, request.recommendation
    if frozen is None or advice is None:
        return None
    what = say("note de décision", "decision letter")
    measured = say(frozen.evidence, "measured" if frozen.evidence == "mesuré" else "estimated")
    pairs = [
        (say("Recommandation", "Recommendation"), say(*ADVICE[advice.advice])),
        (say("Raison", "Reason"), say(advice.fr, advice.en)),
        (say("Niveau de preuve", "Evidence"), measured),
        (say("Évaluation", "Assessment"), html.Code(frozen.assessment_id[:12])),
    ]
    if frozen.yearly:
        pairs.insert(0, (say("Estimation annuelle", "Yearly estimate"), _yearly(request, frozen)))
    title = say("Évaluation figée à la soumission", "Assessment frozen at submission")
    policy = say(
        "La règle recommande ; une personne nommée décide, sur la borne P90.",
        "The policy recommends; a named person decides, on the P90.",
    )
    head = html.Div(
        [
            letters.badge(frozen.decision_letter, "xl", what),
            html.Div([html.H2(title), html.P(policy, className="hint")]),
        ],
        className="score-head",
    )
    return html.Section([head, _never_measured(frozen), facts(pairs), _criteria(frozen)], className="card")


def _never_measured(frozen: launch.Frozen) -> Any:
    if not frozen.never_measured:
        return None
    text = say("Modèle jamais mesuré : aucune note.", "Model never measured: no letter.")
    near: list[Any] = [say(" Noms proches : ", " Close names: ")] if frozen.near else []
    for i, name in enumerate(frozen.near):
        near += [", "] * bool(i) + [html.A(name, href=model_link(name))]
    return html.P([text, *near], className="alert")


def _yearly(request: launch.LaunchRequest, frozen: launch.Frozen) -> Any:
    if frozen.yearly is None:
        return None
    per = frozen.act or say("requête mesurée", "measured request")
    volume = formats.integer(request.form.yearly_volume)
    between = say(
        f"de {formats.interval(frozen.yearly)} à 90 % ; {volume} actes, acte mesuré : {per}",
        f"{formats.interval(frozen.yearly)} at 90%; {volume} acts, measured act: {per}",
    )
    year = say(" par an", " a year")
    return [html.Strong(formats.kg(frozen.yearly) + year), html.Span(between, className="hint block")]


def _criteria(frozen: launch.Frozen) -> Any:
    if not frozen.criteria:
        return None
    heads = (
        say("Critère", "Criterion"),
        say("Note", "Letter"),
        "P90",
        say("Valeur", "Value"),
        say("Intervalle à 90 %", "90% interval"),
    )
    rows = [_criterion(c) for c in frozen.criteria]
    return table(say("Critères figés", "Frozen criteria"), heads, rows, numeric=(3, 4), hide_caption=True)


def _criterion(c: launch.Criterion) -> list[Any]:
    if c.value is None or c.low is None or c.high is None or c.p90 is None:
        value, between = formats.unknown(), ""
    else:
        amount = Amount(c.value, c.low, c.high, c.p90, c.unit)
        value, between = formats.amount(amount), formats.interval(amount)
    name = [say(c.fr, c.en), html.Span(c.subject, className="hint block")]
    return [name, letters.badge(c.letter, "s"), letters.badge(c.decision_letter, "s"), value, between]


def _decided(request: launch.LaunchRequest) -> Any:
    if not request.decisions:
        return None
    last = request.decisions[-1]
    signed = f"{last.name}, {last.function}, {moment(last.at)}"
    parts: list[Any] = [
        html.H2(say("Décision", "Decision")),
        html.P([say(*DECISIONS[last.decision]), *departure(request)], className="verdict"),
        html.Blockquote(last.reason),
        html.P(signed, className="figure-note"),
    ]
    if last.alone:
        alone = say(
            "Décidée par la personne qui l’a soumise : cette base n’avait qu’un compte.",
            "Decided by the person who submitted it: this store had a single account.",
        )
        parts.append(html.P(alone, className="hint"))
    if last.conditions:
        parts.append(_conditions(last.conditions))
    if request.contest_reason:
        parts += [html.H3(say("Contestation", "Contest")), html.Blockquote(request.contest_reason)]
    return html.Section(parts, className="card")


def _conditions(conditions: tuple[launch.Condition, ...]) -> Any:
    heads = (
        say("Condition", "Condition"),
        say("Fonction responsable", "Owner function"),
        say("Indicateur", "Metric"),
        say("Échéance", "Due"),
    )
    rows = [[c.text, c.owner, c.metric, day(c.due)] for c in conditions]
    return table(say("Conditions", "Conditions"), heads, rows)


def _decide(page: Page, request: launch.LaunchRequest) -> Any:
    if request.state not in ("evaluee", "contestee") or not page.who.person.may_decide:
        return None
    title = say("Décider", "Decide")
    options = [("", say("Choisir…", "Choose…")), *((key, say(*names)) for key, names in DECISIONS.items())]
    fields = [
        csrf(page),
        choice(page, "decision", say("Décision", "Decision"), options, required=True),
        long_field(
            page,
            "motif",
            say("Motif", "Reason"),
            required=True,
            shortest=10,
            hint=say("10 caractères au moins, lus par tous.", "At least 10 characters, read by all."),
        ),
        _condition_fields(page),
        html.Button(say("Signer la décision", "Sign the decision"), type="submit", className="button"),
    ]
    action = f"/demandes/{request.id}/decision"
    person = page.who.person
    signature = say(
        f"Vous signez : {person.name}, {person.function}.", f"You sign: {person.name}, {person.function}."
    )
    form = html.Form(fields, method="post", action=action, className="form")
    return html.Section([html.H2(title), html.P(signature, className="hint"), form], className="card")


def _condition_fields(page: Page) -> Any:
    legend = say(
        "Conditions (pour une approbation sous conditions)", "Conditions (for an approval with conditions)"
    )
    rows = [_condition_row(page, place) for place in range(CONDITION_ROWS)]
    return html.Fieldset([html.Legend(legend), *rows], className="field-wide conditions")


def _condition_row(page: Page, place: int) -> Any:
    n = place + 1
    labels = (
        ("condition_texte", say(f"Condition {n}", f"Condition {n}"), "text"),
        ("condition_fonction", say("Fonction responsable", "Owner function"), "text"),
        ("condition_indicateur", say("Indicateur", "Metric"), "text"),
        ("condition_echeance", say("Échéance", "Due date"), "date"),
    )
    fields = [text_field(page, name, label, kind=kind, place=place) for name, label, kind in labels]
    return html.Div(fields, className="condition", role="group", **{"aria-label": f"Condition {n}"})


def _contest(page: Page, request: launch.LaunchRequest) -> Any:
    if request.state != "decidee" or not page.who.person.may_submit:
        return None
    fields = [
        csrf(page),
        long_field(
            page,
            "motif_contestation",
            say("Motif de la contestation", "Reason for contesting"),
            required=True,
            shortest=10,
        ),
        html.Button(say("Contester", "Contest"), type="submit", className="button button-quiet"),
    ]
    form = html.Form(fields, method="post", action=f"/demandes/{request.id}/contestation", className="form")
    title = say("Contester cette décision", "Contest this decision")
    return html.Details([html.Summary(title), form], className="fold", open=bool(page.refusal))


def _history(request: launch.LaunchRequest) -> Any:
    heads = (
        say("Étape", "Step"),
        say("Par", "By"),
        say("Fonction", "Function"),
        say("Le (UTC)", "On (UTC)"),
        say("Motif", "Reason"),
        say("Empreinte de l’événement", "Event digest"),
    )
    rows = [_step(step) for step in request.history]
    title = say("Historique", "History")
    return html.Section([html.H2(title), table(title, heads, rows, hide_caption=True)], className="card")


def _step(step: launch.Step) -> list[Any]:
    names = {**STATES, **DECISIONS}.get(step.kind, (step.kind, step.kind))
    if step.kind in ("evaluee", "contestee"):
        names = {"evaluee": ("Évaluée", "Assessed"), "contestee": ("Contestée", "Contested")}[step.kind]
    digest = html.Code(step.digest[:12])
    function = step.function
    if step.kind == "evaluee":  # the tool's own step: its "function" is the version of the policy
        function = say(f"politique {function}", f"policy {function}")
    return [say(*names), step.name, function, moment(step.at), step.text, digest]
