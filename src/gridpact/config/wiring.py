"""Who reacts to which event, who is meant by which audience: the only place apps are joined."""

from gridpact.grid.events import TermEnded
from gridpact.orders.events import OrderMoved

SUBSCRIBERS: dict[type, tuple[str, ...]] = {
    OrderMoved: (
        "gridpact.orders.messages.tell_people",
        "gridpact.orders.services.handover.on_work_back",
        "gridpact.learning.services.on_moved",
        "gridpact.routing.services.on_triaged",
    ),
    TermEnded: (
        "gridpact.orders.services.handover.on_term_ended",
        "gridpact.duties.services.handover.on_term_ended",
    ),
}

AUDIENCES: dict[str, str] = {
    "affected": "gridpact.orders.messages.affected",
    "cell_heads": "gridpact.orders.messages.cell_heads",
    "desk": "gridpact.orders.messages.desk",
    "desk_above": "gridpact.orders.messages.desk_above",
    "handlers": "gridpact.orders.messages.handlers",
    "orgs": "gridpact.orders.messages.orgs",
    "rule_keepers": "gridpact.routing.keepers.rule_keepers",
    "users": "gridpact.orders.messages.users",
    "owner_and_above": "gridpact.orders.messages.owner_and_above",
}

# Whom of a cell the names of a chain text may mean: (cell, names) -> [(name, who)].
CHAIN_PEOPLE: tuple[str, ...] = ("gridpact.doors.selectors.people.officers_of_cell",)

# Numbers that apps above the grid show on its pages, in this order.
CELL_FIGURES: tuple[str, ...] = ("gridpact.orders.hooks.territory.open_orders",)

# Lines of bodies over the same ground, beside the administrative one.
CELL_LINES: tuple[str, ...] = ("gridpact.orgs.party_tree.PARTY_LINE",)

# What waits in somebody's cells today: (actor, cells) -> TodayList.
CELL_TODAY: tuple[str, ...] = (
    "gridpact.duties.cards.tasks_today",
    "gridpact.orders.hooks.today.open_today",
)

# Findings that apps above the grid add to those of posts: (cell ids) -> {cell id: [gap]}.
CELL_GAPS: tuple[str, ...] = (
    "gridpact.duties.selectors.gaps",
    "gridpact.networks.territory.cell_gaps",
)

# Cards on a cell's page: (actor, cell) -> CellCard.
CELL_CARDS: tuple[str, ...] = (
    "gridpact.duties.cards.duties_card",
    "gridpact.networks.territory.officers_card",
)

# Layers of the one map beside the grid's own.
MAP_LAYERS: tuple[str, ...] = (
    "gridpact.orgs.map_layer.PARTY",
    "gridpact.orders.hooks.map_layer.OPEN_ORDERS",
    "gridpact.networks.map_layer.NETWORKS",
)

# What lies in cells: counted before a redraw; follows when it takes effect (and goes back).
# Rows with `CellScoped` columns follow by themselves.
REDRAW_DEPENDENTS: tuple[str, ...] = (
    "gridpact.orders.hooks.territory.redraw_orders",
    "gridpact.duties.territory.redraw_duties",
    "gridpact.orgs.territory.redraw_orgs",
    "gridpact.networks.following.redraw_networks",
)
CELL_MOVED: tuple[tuple[str, str], ...] = (
    (
        "gridpact.orders.hooks.territory.follow_cells",
        "gridpact.orders.hooks.territory.return_cells",
    ),
    (
        "gridpact.orders.search.indexing.follow_cells",
        "gridpact.orders.search.indexing.return_cells",
    ),
    ("gridpact.duties.following.follow_cells", "gridpact.duties.following.return_cells"),
    ("gridpact.orgs.territory.follow_cells", "gridpact.orgs.territory.return_cells"),
    ("gridpact.networks.following.follow_cells", "gridpact.networks.following.return_cells"),
)

# Suggestions beside the decision at the triage desk: (actor, order) -> [Hint].
TRIAGE_HINTS: tuple[str, ...] = (
    "gridpact.learning.hints.learnt_hints",
    "gridpact.topics.hints.duplicate_hints",
    "gridpact.routing.hints.receiver_hints",
)

# What is said while an order is entered for a resident: (actor, draft) -> [Hint].
INTAKE_HINTS: tuple[str, ...] = ("gridpact.topics.hints.draft_hints",)

# Cards beside an order: (actor, order) -> SideCard or None.
ORDER_CARDS: tuple[str, ...] = ("gridpact.honesty.cards.order_card",)

# What can be exported in the background, by the key that names it.
EXPORTS: dict[str, str] = {"orders": "gridpact.orders.files.exports.ORDERS"}
