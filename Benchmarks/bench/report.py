"""The table of a run, and whether the server costs at most so many times what nginx does."""

from bench.load import Figures

HEAD = ("", "connections", "requests/s", "p50 ms", "p99 ms", "CPU us/call", "to nginx", "resident MB", "peak MB")

# CPU per call as a multiple of nginx's as a reverse proxy at the same number of connections, in one run.
LIMITS = {("server", 64): 8.0, ("accepted, seen before", 16): 3.0, ("refused: signature", 16): 5.0}


def ratios(figures: list[Figures]) -> list[float | None]:
    """Per row, CPU per call divided by that of the row of nginx that it names, where there is one."""
    nginx = {(each.target, each.connections): each.cpu_us_per_call for each in figures if not each.beside}
    bases = [nginx.get((each.beside or each.target, each.connections)) for each in figures]
    return [each.cpu_us_per_call / base if base else None for each, base in zip(figures, bases, strict=True)]


def table(figures: list[Figures]) -> str:
    """Aligned as Markdown, for docs/benchmarks.md."""
    rows = [HEAD] + [
        (
            each.target, str(each.connections), f"{each.requests_per_second:,.0f}", f"{each.p50_ms:.2f}",
            f"{each.p99_ms:.2f}", f"{each.cpu_us_per_call:.0f}", f"{ratio:.2f}" if ratio else "-",
            f"{each.resident_mb:.1f}", f"{each.peak_mb:.1f}",
        )
        for each, ratio in zip(figures, ratios(figures), strict=True)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(len(HEAD))]
    lines = ["| " + " | ".join(cell.rjust(width) for cell, width in zip(row, widths, strict=True)) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "|".join("-" * (width + 1) + ":" for width in widths) + "|", *lines[1:]])


def verdicts(figures: list[Figures]) -> tuple[list[str], bool]:
    """One line per limit, and whether all are kept."""
    lines, is_kept = [], True
    for each, ratio in zip(figures, ratios(figures), strict=True):
        limit = LIMITS.get((each.target, each.connections))
        if limit is None:
            continue
        fits = ratio is not None and ratio <= limit
        is_kept = is_kept and fits
        value = f"{ratio:.1f}" if ratio else "-"
        lines.append(
            f"{'ok  ' if fits else 'OVER'} {each.target}, {each.connections} connections: {value} times nginx (at most {limit:.0f})")
    return lines, is_kept
