"""The tables and the plot of docs/cost.md."""

from collections.abc import Callable

from infra.docs import bill, charts, markdown, prices
from infra.docs.bill import MODES, PROFILES, USUAL, Parts

MILLION = 1_000_000
SIZES = (100_000, MILLION, 10 * MILLION)


def calls() -> str:
    """Return what a million calls of each kind cost, and of what that is made."""
    head = ("A million calls", "MB", "Billed ms", "Read units", "Write units", *_names())
    rows = [
        (
            call.name,
            f"{call.memory_mb:,}",
            " / ".join(f"{1000 * call.billed_seconds(mode):.0f}" for mode in MODES),
            *(f"{units:g}" for units in call.endpoint.units),
            *(_dollars(sum(bill.of_calls({name: MILLION}, mode).values())) for mode in MODES),
        )
        for name, call in bill.calls().items()
    ]
    return markdown.table(head, rows)


def parts() -> str:
    """Return where the money of a million people goes."""
    months = [bill.of_month(MILLION, USUAL, mode) for mode in MODES]
    names = sorted(months[0], key=lambda name: -months[0][name])
    rows = [(name, *(_with_share(month, name) for month in months)) for name in names]
    total = ("**together**", *(f"**{_dollars(sum(month.values()))}**" for month in months))
    return markdown.table(("Part", *_names()), [*rows, total])


def idle() -> str:
    """Return what a stack costs that nobody calls."""
    months = [bill.idle(mode) for mode in MODES]
    rows = [(name, *(_dollars(month[name]) for month in months)) for name in months[0]]
    total = ("**together**", *(f"**{_dollars(sum(month.values()))}**" for month in months))
    return markdown.table(("A month of nobody", *_names()), [*rows, total])


def profiles() -> str:
    """Return what a million people of each kind cost."""
    head = ("Profile", "Log-ins", "Refreshes", "who-am-I", "Sign-ups", *_names(), "÷ Essentials")
    rows = [
        (
            profile.name,
            *(f"{getattr(profile, it):,g}" for it in ("log_ins", "refreshes", "who_am_i")),
            f"{profile.sign_ups:g}",
            *(_dollars(_total(MILLION, profile, mode)) for mode in MODES),
            " / ".join(f"{ratio(mode, MILLION, profile):.3f}" for mode in MODES),
        )
        for profile in PROFILES
    ]
    return markdown.table(head, rows)


def others() -> str:
    """Return what others take, beside what we cost, by the number of people."""
    head = ("Monthly users", *_names(), *COMPETITORS, "÷ Essentials")
    rows = [
        (
            f"{people:,}",
            *(_dollars(_total(people, USUAL, mode)) for mode in MODES),
            *(_dollars(price(people)) for price in COMPETITORS.values()),
            " / ".join(f"{ratio(mode, people):.3f}" for mode in MODES),
        )
        for people in SIZES
    ]
    return markdown.table(head, rows)


def ratio(mode: bill.Mode, people: float = MILLION, profile: bill.Profile = USUAL) -> float:
    """Return our dollars for each of Cognito Essentials'."""
    return _total(people, profile, mode) / _essentials(people)


def plot() -> str:
    """Return the plot of where the money goes, beside what others take."""
    months = [_by_service(bill.of_month(MILLION, USUAL, mode)) for mode in MODES]
    services = list(months[0])
    ours = [
        charts.Bar(label, list(month.values()), _dollars(sum(month.values())))
        for label, month in zip(("default", "cached"), months, strict=True)
    ]
    theirs = [
        charts.Bar(name, [*(0.0 for _ in services), price(MILLION)], _dollars(price(MILLION)))
        for name, price in COMPETITORS.items()
    ]
    title = "A million people for a month, in US dollars"
    return charts.bars(title, [*ours, *theirs], [*services, "a price for each person"])


def _essentials(people: float) -> float:
    return prices.current().of("cognito_essentials", people)


def _supabase(people: float) -> float:
    of = prices.current().of
    return of("supabase_plan", 1) + of("supabase_users", people)


COMPETITORS: dict[str, Callable[[float], float]] = {
    "Cognito Essentials": _essentials,
    "Cognito Lite": lambda people: prices.current().of("cognito_lite", people),
    "Supabase Auth": _supabase,
}


def _names() -> tuple[str, ...]:
    return tuple(mode.name for mode in MODES)


def _total(people: float, profile: bill.Profile, mode: bill.Mode) -> float:
    return sum(bill.of_month(people, profile, mode).values())


def _by_service(month: Parts) -> Parts:
    services: Parts = {}
    for name, dollars in month.items():
        service = name.partition(",")[0]
        services[service] = services.get(service, 0) + dollars
    return services


def _with_share(month: Parts, name: str) -> str:
    return f"{_dollars(month[name])} ({month[name] / sum(month.values()):.0%})"


def _dollars(amount: float) -> str:
    return f"${amount:,.2f}" if amount < 100 else f"${amount:,.0f}"  # noqa: PLR2004 - cents say nothing
