"""EcoLogits as a channel: ex-ante energy of one request to a provider's model (M6).

The library answers offline. Three of its assumptions are opened here, because one figure would hide them:
the batch (it supposes 64 requests served together; the range goes down to 1), the size of models whose
makers do not publish it (a range of parameters), and the building (its PUE is given apart). Its electricity
mix is never used. It ignores input tokens and machines that wait for requests.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from importlib.metadata import version
from typing import Any

from collectors.llm.serving import LlmError
from collectors.records import Notice

BATCHES = (64, 1)
"""Requests served together: what EcoLogits supposes, and the least favourable."""
_ALIASES = {"mistral": "mistralai", "google": "google_genai", "huggingface": "huggingface_hub"}


class EcologitsMissing(LlmError):
    """The library is an extra."""

    def __init__(self) -> None:
        super().__init__(
            "EcoLogits n'est pas installé : dans le dépôt, pip install '.[llm]'.",
            "EcoLogits is not installed: in the checkout, pip install '.[llm]'.",
        )


class UnknownModel(LlmError):
    """A provider or a model that EcoLogits does not list."""

    def __init__(self, provider: str, model: str | None, near: Iterable[str]) -> None:
        self.near = tuple(near)
        close = ", ".join(self.near)
        if model is None:
            fr, en = f"Fournisseur inconnu d'EcoLogits : « {provider} ».", f"Unknown provider: “{provider}”."
            fr, en = f"{fr} Connus : {close}.", f"{en} Known to EcoLogits: {close}."
        else:
            fr = f"Modèle inconnu d'EcoLogits chez « {provider} » : « {model} »."
            en = f"EcoLogits knows no model “{model}” of provider “{provider}”."
            if close:
                fr, en = f"{fr} Proches : {close}.", f"{en} Close names: {close}."
            fr += " Hébergé chez vous ? Mesurez-le : footprint llm pilot."
            en += " Self-hosted? Measure it: footprint llm pilot."
        super().__init__(fr, en)


@dataclass(frozen=True, slots=True)
class Range:
    """A low and a high value."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class RequestEnergy:
    """What one request should use, as EcoLogits `version` has it.

    `by_batch`: kWh at the machines for each batch of `BATCHES`, low-high over the model's size; `kwh`: both
    together; `pue`: of the provider's buildings; `embodied_kg`: kgCO2e of making the machines, over the same
    range; `place`: where the provider's machines are supposed to be (ISO 3166-1 alpha-3); `active_b` and
    `total_b`: thousands of millions of parameters; `notices`: what to know before using the figure.
    """

    version: str
    provider: str
    model: str
    place: str
    by_batch: dict[int, Range]
    kwh: Range
    pue: Range
    embodied_kg: Range
    active_b: Range
    total_b: Range
    notices: tuple[Notice, ...]


def request_energy(provider: str, model: str, output_tokens: float) -> RequestEnergy:
    """Energy of one request that generates `output_tokens`, kWh at the machines, PUE not included.

    Raises EcologitsMissing, and UnknownModel with close names.
    """
    repository, providers, compute = _library()
    provider = _ALIASES.get(provider.strip().casefold(), provider.strip().casefold())
    if provider not in providers:
        raise UnknownModel(provider, None, sorted(providers))
    found = repository.find_model(provider=provider, model_name=model)
    if found is None:
        raise UnknownModel(provider, model, _near(repository, provider, model))
    active, total = _parameters(found)
    impacts = {batch: _impacts(compute, found, output_tokens, batch) for batch in BATCHES}
    by_batch = {batch: _range(found_at.energy.value) for batch, found_at in impacts.items()}
    config = providers[provider]
    return RequestEnergy(
        version=version("ecologits"),
        provider=provider,
        model=found.name,
        place=str(config.datacenter_location),
        by_batch=by_batch,
        kwh=_around(by_batch.values()),
        pue=_range(config.datacenter_pue),
        embodied_kg=_around(_range(found_at.embodied.gwp.value) for found_at in impacts.values()),
        active_b=_range(active),
        total_b=_range(total),
        notices=(_blind_to_inputs(), _batch_unknown(), _no_idle(), *_of_model(found)),
    )


def _library() -> tuple[Any, dict[str, Any], Any]:
    """Models, providers' buildings and the calculation, as the library offers them."""
    try:
        from ecologits.impacts.llm import compute_llm_impacts
        from ecologits.model_repository import models
        from ecologits.tracers.utils import PROVIDER_CONFIG_MAP
    except ImportError as error:
        raise EcologitsMissing from error
    return models, dict(PROVIDER_CONFIG_MAP), compute_llm_impacts


def _impacts(compute: Any, model: Any, output_tokens: float, batch: int) -> Any:
    active, total = _parameters(model)
    deployment = model.deployment
    return compute(
        active, total,
        output_token_count=output_tokens,
        batch_size=batch,
        tps=deployment.tps if deployment else None,
        ttft=deployment.ttft if deployment else None,
        datacenter_pue=1.0, datacenter_wue=0.0,
        if_electricity_mix_gwp=0.0, if_electricity_mix_adpe=0.0,
        if_electricity_mix_pe=0.0, if_electricity_mix_wue=0.0,
    )  # fmt: skip


def _parameters(model: Any) -> tuple[Any, Any]:
    """Active and total parameters, the same for a dense model."""
    found = model.architecture.parameters
    return (found.active, found.total) if hasattr(found, "active") else (found, found)


def _range(value: Any) -> Range:
    if hasattr(value, "min"):
        return Range(float(value.min), float(value.max))
    return Range(float(value), float(value))


def _around(ranges: Iterable[Range]) -> Range:
    known = list(ranges)
    return Range(min(found.low for found in known), max(found.high for found in known))


def _near(repository: Any, provider: str, model: str) -> list[str]:
    """Close names at this provider, else the same or close names at the others, as "provider/name"."""
    mine, others = {}, {}
    for known in repository.list_models():
        if known.provider.value == provider:
            mine[known.name.casefold()] = known.name
        else:
            others[known.name.casefold()] = f"{known.provider.value}/{known.name}"
    asked = model.strip().casefold()
    inside = [name for folded, name in mine.items() if len(asked) >= 3 and asked in folded]
    close = [mine[name] for name in get_close_matches(asked, mine, n=3, cutoff=0.5)]
    elsewhere = [others[name] for name in get_close_matches(asked, others, n=2, cutoff=0.8)]
    return list(dict.fromkeys((*close, *sorted(inside)[:3], *elsewhere)))[:5]


def _of_model(model: Any) -> list[Notice]:
    known = {
        "model-arch-not-released": Notice(
            "taille_non_publiee",
            "L'éditeur ne publie pas la taille de ce modèle : fourchette supposée par EcoLogits.",
            "The maker does not publish the size of this model: a range supposed by EcoLogits.",
        ),
        "model-arch-multimodal": Notice(
            "multimodal",
            "Modèle multimodal : EcoLogits ne compte que le texte produit, ni images ni sons.",
            "Multimodal model: EcoLogits counts the text produced only, no image nor sound.",
        ),
    }
    return [known[warning.code] for warning in model.warnings if warning.code in known]


def _blind_to_inputs() -> Notice:
    return Notice(
        "jetons_entree_ignores",
        "EcoLogits ignore les jetons d'entrée : de longs documents lus par le modèle ne changent rien au "
        "chiffre, alors qu'ils coûtent. Le chiffre est un minorant pour de longues entrées.",
        "EcoLogits ignores input tokens: long documents read by the model do not change the figure, though "
        "they cost. With long inputs the figure is too low.",
    )


def _batch_unknown() -> Notice:
    return Notice(
        "lot_inconnu",
        "Nombre de requêtes servies ensemble inconnu : la fourchette va du lot de 64 que suppose EcoLogits "
        "(bas) à une requête seule (haut).",
        "Number of requests served together unknown: the range goes from the batch of 64 that EcoLogits "
        "supposes (low) to one request alone (high).",
    )


def _no_idle() -> Notice:
    return Notice(
        "repos_non_compte",
        "Les machines qui attendent des requêtes ne sont pas comptées par EcoLogits ; l'entraînement du "
        "modèle et le réseau non plus.",
        "Machines that wait for requests are not counted by EcoLogits; nor are training and network.",
    )
