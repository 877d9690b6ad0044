"""Notebooks: `%load_ext footprint`, then `%%footprint --application CODE` at the top of a cell.

The cell is executed as it would be without the line: same names, same output, same exceptions. A run ended
shows as a table (`html`), in the colours of the notebook, light or dark, without any script. IPython is not
imported: it hands its shell over. Where `Run` shows itself, `str(run)` is the text of the same.
"""

from __future__ import annotations

import ast
import inspect
import shlex
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple, NoReturn

from footprint.formats import duration, energy, exact, kg, percent
from footprint.measuring import measure
from footprint.measuring.run_text import sentence
from footprint.texts import language, say
from footprint.wording import TIERS

if TYPE_CHECKING:
    from footprint.measuring import Run

USAGE = (
    "%%footprint --application CODE [--model NAME:1.0] [--phase training] [--zone FR] [--requests N]"
    " [--functional-act TEXT] [--budget-kwh X] [--budget-kgco2e X] [--on-budget mark|SIGINT]"
    " [--gpu-share X] [--into NAME]"
)
_TEXTS = ("--phase", "--zone", "--functional-act", "--on-budget", "--into")
_STYLE = (
    ".footprint-run{color:inherit;font:inherit;max-width:60em}"
    ".footprint-run table{border-collapse:collapse;color:inherit}"
    ".footprint-run caption{text-align:left;font-weight:bold;padding:.3em 0;color:inherit}"
    ".footprint-run th,.footprint-run td{text-align:left;padding:.2em 1em .2em 0;"
    "border-bottom:1px solid currentColor;background:transparent;vertical-align:top}"
)


# -- the cell magic -------------------------------------------------------------------------------


def load_ipython_extension(shell: Any) -> None:
    """Give the notebook its `%%footprint`; called by `%load_ext footprint` with the IPython shell."""

    def footprint(line: str, cell: str) -> Any:
        __tracebackhide__ = True
        return run_cell(shell, line, cell)

    magic: Any = footprint
    magic.__doc__ = USAGE
    # The mark of IPython.core.magic.output_can_be_silenced, without importing it: a value followed by “;” is
    # not shown, as in any cell.
    magic._ipython_magic_output_can_be_silenced = True
    shell.register_magic_function(magic, "cell", "footprint")


def unload_ipython_extension(shell: Any) -> None:
    """Take `%%footprint` away again."""
    shell.magics_manager.magics["cell"].pop("footprint", None)


def run_cell(shell: Any, line: str, cell: str) -> Any:
    """Execute a cell while measuring it, show the run, and return the value of its last expression.

    Raises what the cell raises, IPython's UsageError when `line` is not understood or the cell awaits at its
    top level (nothing is executed then).
    """
    __tracebackhide__ = True
    options, into = _options(line)
    prepared = _prepared(shell, cell)
    run = measure(**options).start()
    if into:
        shell.user_ns[into] = run
    try:
        value = _execute(prepared, shell.user_ns)
    except BaseException as error:
        run.__exit__(type(error), error, None)
        raise
    else:
        run.stop()
    finally:
        shell.display_pub.publish({"text/plain": _text(run), "text/html": html(run)})
    return value


class _Prepared(NamedTuple):
    """A cell compiled: its statements, then its last expression, if it ends with one."""

    statements: Any
    expression: Any


def _prepared(shell: Any, cell: str) -> _Prepared:
    """Compile the cell as IPython would (magics, syntax changes); raises SyntaxError, UsageError."""
    __tracebackhide__ = True
    source = shell.transform_cell(cell)
    name = shell.compile.cache(source, shell.execution_count, raw_code=cell)
    tree = shell.transform_ast(shell.compile.ast_parse(source, name))
    last = tree.body.pop() if tree.body and isinstance(tree.body[-1], ast.Expr) else None
    flags = shell.compile.flags | ast.PyCF_ALLOW_TOP_LEVEL_AWAIT
    statements = compile(tree, name, "exec", flags, True)
    expression = None
    if last is not None:
        expression = compile(ast.Expression(last.value), name, "eval", flags, True)
    for code in (statements, expression):
        if code is not None and code.co_flags & inspect.CO_COROUTINE:
            _refuse(
                "%%footprint ne mesure pas « await » au premier niveau de la cellule : écrivez "
                "« with footprint.measure(application=…) as run: » dans la cellule.",
                "%%footprint can't measure a top-level “await”: write "
                "“with footprint.measure(application=…) as run:” in the cell.",
            )
    return _Prepared(statements, expression)


def _execute(prepared: _Prepared, names: dict[str, Any]) -> Any:
    __tracebackhide__ = True
    exec(prepared.statements, names)
    return eval(prepared.expression, names) if prepared.expression is not None else None


def _options(line: str) -> tuple[dict[str, Any], str | None]:
    """Arguments of `measure`, and the name the run is to have in the notebook."""
    import argparse

    class Parser(argparse.ArgumentParser):
        def error(self, message: str) -> NoReturn:
            _refuse(f"%%footprint n’est pas compris ({message}). {USAGE}",
                    f"%%footprint is not understood ({message}). {USAGE}")  # fmt: skip

    parser = Parser(add_help=False, allow_abbrev=False)
    parser.add_argument("--application", "-a")
    parser.add_argument("--model", "-m")
    for name in _TEXTS:
        parser.add_argument(name)
    parser.add_argument("--requests", type=int)
    for name in ("--budget-kwh", "--budget-kgco2e", "--gpu-share"):
        parser.add_argument(name, type=float)
    try:
        words = shlex.split(line)
    except ValueError as error:
        parser.error(str(error))
    values = vars(parser.parse_args(words))
    into = values.pop("into")
    if not values["application"]:
        _refuse(f"%%footprint : nommez l’application. {USAGE}", f"%%footprint: name the application. {USAGE}")
    if into is not None and not into.isidentifier():
        _refuse(f"--into : « {into} » n’est pas un nom Python.", f"--into: “{into}” is not a Python name.")
    return {name: value for name, value in values.items() if value is not None}, into


def _refuse(fr: str, en: str) -> NoReturn:
    from IPython.core.error import UsageError

    raise UsageError(say(fr, en))


# -- the table ------------------------------------------------------------------------------------


def html(run: Run) -> str:
    """A run as an accessible table, in the current language: figures, 90 % intervals, evidence, warnings.

    No script, no colour of its own (it takes those of the page), everything escaped; before its end, and
    when the energy is unknown, a sentence stands in for the figures.
    """
    label = escape(say(f"Mesure de {run.application}", f"Measure of {run.application}"), quote=True)
    body = _table(run) if run.energy_kwh is not None else f"<p>{escape(sentence(run))}</p>"
    return (
        f'<section class="footprint-run" lang="{language()}" aria-label="{label}">'
        f"<style>{_STYLE}</style>{body}{_warnings(run)}</section>"
    )


def _table(run: Run) -> str:
    subject = " · ".join(escape(str(part)) for part in (run.application, run.model, run.phase) if part)
    head = "".join(
        f'<th scope="col">{text}</th>'
        for text in (say("Grandeur", "Quantity"), say("Valeur", "Value"),
                     say("Intervalle à 90&nbsp;%", "90% interval"))
    )  # fmt: skip
    rows = "".join(
        f'<tr><th scope="row">{escape(name)}</th><td>{escape(value)}</td><td>{escape(between)}</td></tr>'
        for name, value, between in _rows(run)
    )
    return f"<table><caption>{subject}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>"


def _rows(run: Run) -> list[tuple[str, str, str]]:
    """Name, value, interval or source of each line."""
    to = say(" à ", " to ")
    rows = [
        (say("Énergie", "Energy"), energy(run.energy_kwh),
         energy(run.energy_low_kwh) + to + energy(run.energy_high_kwh)),
        (say("Carbone", "Carbon"), kg(run.gwp_kgco2e),
         kg(run.gwp_low) + to + kg(run.gwp_high) if run.gwp_kgco2e is not None else "—"),
        (say("Durée", "Duration"), duration(run.duration_s), "—"),
        (say("Niveau de preuve", "Evidence tier"), _evidence(run), "—"),
    ]  # fmt: skip
    factor = run.result.get("factor")
    if factor:
        value = f"{exact(factor['value'])} kgCO2e/kWh ({run.result.get('zone')}, {factor['id']})"
        known = factor.get("low") is not None and factor.get("high") is not None
        between = exact(factor["low"]) + to + exact(factor["high"]) if known else "—"
        rows.append((say("Facteur électrique", "Electricity factor"), value, between))
    rows.append((say("État", "State"), _state(run), "—"))
    return rows


def _evidence(run: Run) -> str:
    """The tiers in words, with their shares of the energy when there are several."""
    total = sum(run.by_tier.values())
    words = {tier: say(*TIERS[tier]) if tier in TIERS else tier for tier in run.by_tier}
    if len(words) < 2 or total <= 0:
        return ", ".join(words.values())
    shares = sorted(run.by_tier.items(), key=lambda item: (-item[1], item[0]))
    return ", ".join(f"{words[tier]} ({percent(value / total)})" for tier, value in shares)


def _state(run: Run) -> str:
    states = {
        "complete": ("complète", "complete"),
        "interrupted": ("interrompue avant la fin", "interrupted before the end"),
        "failed": ("sans énergie connue", "without a known energy"),
    }
    return say(*states[run.state]) if run.state in states else str(run.state)


def _warnings(run: Run) -> str:
    if not run.warnings:
        return ""
    items = "".join(f"<li>{escape(str(notice))}</li>" for notice in run.warnings)
    return f"<p>{say('Avertissements', 'Warnings')}</p><ul>{items}</ul>"


def _text(run: Run) -> str:
    """The text of a run and of its warnings, one a line."""
    return "\n".join([sentence(run), *(f"- {notice}" for notice in run.warnings)])
