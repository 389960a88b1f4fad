"""show.py — What the console script draws: tables of reports, a page before and after with its steps.

Returns rich renderables; prints nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.markup import escape
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from flows.explain import Explanation, Passage
from flows.health import Health
from flows.shards import merge
from spiders.coverage import Day
from storage.records import COUNTERS, Document, RunReport, Step, Suggestion

_CONTEXT = 12
_COLUMNS = ("captures", "revisits", "documents", "duplicates", "failed")


def reports_table(reports: Sequence[RunReport]) -> RenderableType:
    """Draw what runs did: a row per site over all its verbs, then repairs by kind, the other counters, failures."""
    table = Table(header_style="bold", box=SIMPLE_HEAD)
    table.add_column("site", no_wrap=True)
    for column in (*_COLUMNS, "s"):
        table.add_column(column, justify="right")
    sites = list(dict.fromkeys(report.site for report in reports))
    for site in sites:
        table.add_row(site, *_cells([report for report in reports if report.site == site]))
    if len(sites) > 1:
        table.add_section()
        table.add_row("total", *_cells(reports), style="bold")
    return Group(table, *_repairs(reports), *_other_counters(reports), *_failures(reports))


def _cells(reports: Sequence[RunReport]) -> list[Text]:
    counts = _sum(reports)
    seconds = sum((report.ended_at - report.started_at).total_seconds() for report in reports)
    cells = [Text(str(counts[name]), style="red" if name == "failed" and counts[name] else "") for name in _COLUMNS]
    return [*cells, Text(f"{seconds:.1f}")]


def _sum(reports: Iterable[RunReport]) -> Counter[str]:
    return sum((Counter(report.counters) for report in reports), Counter[str]())


def _other_counters(reports: Sequence[RunReport]) -> list[RenderableType]:
    counts = _sum(reports)
    other = [f"{name} {counts[name]}" for name in COUNTERS if name not in _COLUMNS and counts[name]]
    if counts["requests"]:  # what an unchanged site costs shows here: its listings, and no page twice
        new = counts["articles"]
        other.append(f"{counts['requests'] / new:.1f} requests per new document" if new else "no new document")
    return [Text("also: " + ", ".join(other), style="dim")] if other else []


def _repairs(reports: Iterable[RunReport]) -> list[RenderableType]:
    repairs = sum((Counter(report.repairs) for report in reports), Counter[str]())
    if not repairs:
        return []
    table = Table("repair", header_style="bold", box=SIMPLE_HEAD)
    table.add_column("changes", justify="right")
    for name, count in repairs.most_common():
        table.add_row(name, str(count))
    return [table]


def _failures(reports: Iterable[RunReport]) -> list[RenderableType]:
    lines: list[RenderableType] = []
    for report in reports:
        if report.finish != "finished":
            lines.append(Text(f"{report.site}: {report.verb} ended as {report.finish}", style="red"))
        lines += [Text(f"{report.site}: {f.stage}: {f.uri}: {f.message}", style="red") for f in report.failures]
    return lines


def explanation(found: Explanation, *, changes_per_step: int | None = 5) -> RenderableType:
    """Draw a page's provenance: where its bytes lie, what was chosen, every step with what it changed, the result.

    changes_per_step: how many changes of one step are drawn; None for all.
    """
    capture, result = found.capture, found.result
    facts = Table.grid(padding=(0, 2))
    facts.add_column()
    facts.add_column(overflow="fold")  # a key or an address that is cut cannot be used
    for name, value in (
        ("URI", capture.uri),
        (
            "captured",
            f"{capture.captured_at:%Y-%m-%d %H:%M:%S} UTC, status {capture.status}, {len(found.captures)} captures of this URI",
        ),
        ("capture", found.key),
        ("payload", f"{len(capture.payload)} bytes, {capture.digest}"),
    ):
        facts.add_row(f"[bold]{name}[/]", escape(value))
    if result is None:
        return Group(facts, Text("not processed yet: run `fangzhi process`", style="yellow"))
    if not isinstance(result, Document):
        facts.add_row("[bold]outcome[/]", escape(f"{result.verdict}: {result.reason}"))
        return Group(facts)
    for name, value in _document_facts(result, found):
        facts.add_row(f"[bold]{name}[/]", escape(value))
    parts: list[RenderableType] = [
        facts,
        Rule("before: the text as extracted from the bytes"),
        Text(_head(found.extracted)),
    ]
    for number, passage in enumerate(found.passages, 1):
        parts += [Rule(f"step {number}: {passage.step.name}", align="left"), *_passage(passage, changes_per_step)]
    if result.dropped:
        parts += [
            Rule("lines left out by the extractor", align="left"),
            *(Text(f"{d.rule}: {d.line}", style="dim") for d in result.dropped),
        ]
    if result.suggestions:
        parts += [Rule("suggestions, not applied", align="left"), *(_suggestion(s) for s in result.suggestions)]
    proof = (
        "the steps lead from the bytes to this text"
        if found.proven
        else "the steps do NOT lead from the bytes to this text: reprocess"
    )
    parts += [Rule(f"after: {proof}"), Panel(Text(_head(result.text)), title=escape(result.title) or None)]
    return Group(*parts)


def _document_facts(document: Document, found: Explanation) -> list[tuple[str, str]]:
    published = f"{document.published_at:%Y-%m-%d %H:%M %z}" if document.published_at else "unknown"
    return [
        (
            "decoded",
            f"{document.encoding}: {document.encoding_reason}; {document.replaced} replaced, margin {document.margin}",
        ),
        ("title", document.title),
        ("published", f"{published}; source {document.source or 'unknown'}; author {document.author or 'unknown'}"),
        ("script", document.script),
        ("fingerprint", document.fingerprint or "none: the text is too short to claim one"),
        *([("duplicate of", found.duplicate_of)] if found.duplicate_of else []),
        *([("flags", ", ".join(document.flags))] if document.flags else []),
    ]


def _head(text: str, limit: int = 600) -> str:
    return text if len(text) <= limit else f"{text[:limit]}… ({len(text)} characters)"


def _passage(passage: Passage, limit: int | None) -> list[RenderableType]:
    step = passage.step
    lines: list[RenderableType] = [
        Text(f"{len(step.changes)} changes, {step.chars_changed} characters. {step.detail}", style="dim")
    ]
    lines += step_changes(step, passage.before, limit)
    hidden = len(step.changes) - (limit if limit is not None else len(step.changes))
    return [*lines, Text(f"… and {hidden} more (--all shows them)", style="dim")] if hidden > 0 else lines


def step_changes(step: Step, before: str, limit: int | None = None) -> list[Text]:
    """Draw the changes of a step in their surroundings: what went in red, what came in green."""
    lines: list[Text] = []
    for change in step.changes[:limit]:
        end = change.start + len(change.before)
        line = Text(f"{change.start:>7}  ", style="dim")
        line.append(_visible(before[max(0, change.start - _CONTEXT) : change.start]), style="default")
        line.append("[", style="dim")
        line.append(_visible(_head(change.before, 80)), style="red strike")
        line.append("→", style="dim")
        line.append(_visible(_head(change.after, 80)), style="green bold")
        line.append("]", style="dim")
        line.append(_visible(before[end : end + _CONTEXT]), style="default")
        lines.append(line)
    return lines


def _visible(text: str) -> str:
    return text.replace("\n", "⏎")


def _suggestion(suggestion: Suggestion) -> Text:
    readings = " or ".join(filter(None, (suggestion.after, suggestion.second)))
    return Text(
        f"{suggestion.start:>7}  {suggestion.name}: {suggestion.before} → {readings}; gain {suggestion.gain:.1f}, gap {suggestion.gap:.1f}: {suggestion.reason}"
    )


def coverage_table(days: Mapping[date, Day], undated: Day | None = None) -> RenderableType:
    """Draw a line per day: what was captured, what is missing or gone, or that the day has nothing.

    undated: the links for which no listing shows a day; they have a line when there are any.
    """
    table = Table("day", "state", header_style="bold", box=SIMPLE_HEAD)
    for column in ("captured", "missing", "gone"):
        table.add_column(column, justify="right")
    for day, known in days.items():
        state = "empty" if known.empty and known.state == "walked" else known.state
        table.add_row(str(day), state, *_links(known), style="yellow" if known.missing or state == "open" else "")
    if undated and undated.links:
        table.add_row("no day shown", "", *_links(undated), style="yellow" if undated.missing else "")
    return table


def _links(known: Day) -> tuple[str, str, str]:
    return str(known.captured), str(len(known.missing)), str(len(known.gone))


MAX_FAILURES = 200
"""A backfill of a site that is down has thousands, of which a page in the UI can show no more than this."""


def artifact_rows(reports: Iterable[RunReport], health: Sequence[Health]) -> list[dict[str, Any]]:
    """Return one row per site for a table artifact."""
    judged = {one.site: one.status for one in health}
    return [
        {
            "site": report.site,
            **{name: report.counters.get(name, 0) for name in _COLUMNS},
            "repairs": sum(report.repairs.values()),
            "health": judged.get(report.site, ""),
        }
        for report in merge(list(reports))
    ]


def artifact_markdown(
    verb: str, rows: Sequence[dict[str, Any]], reports: Iterable[RunReport], busy: Sequence[str]
) -> str:
    """Return the same rows as Markdown, with the sites left alone and the first MAX_FAILURES failures below."""
    head = list(rows[0]) if rows else ["site"]
    lines = [f"# {verb}", "", f"| {' | '.join(head)} |", f"|{'---|' * len(head)}"]
    lines += [f"| {' | '.join(str(row[name]) for name in head)} |" for row in rows]
    lines += [f"- skipped, another run is fetching it: {site}" for site in busy]
    failures = [(report.site, failure) for report in reports for failure in report.failures]
    lines += [f"- {site}: {one.stage}: {one.uri}: {one.message}" for site, one in failures[:MAX_FAILURES]]
    if len(failures) > MAX_FAILURES:
        lines.append(f"- and {len(failures) - MAX_FAILURES} more failures, in the reports of the archive")
    return "\n".join(lines)
