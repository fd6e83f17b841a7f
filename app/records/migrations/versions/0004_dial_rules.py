"""Dial rules, with a first list: no premium, satellite or service numbers, everything else."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

PREMIUM = "premium-rate number"
SATELLITE = "satellite and international networks cost many times a usual call"
SERVICE = "a service code of the network, such as call forwarding"
FRAUD = "toll fraud often goes there; allow it above this line if you do call there"
PREMIUM_PREFIXES = """
0190 0900 +979 +808 +878 +1900 +4487 +449 +4470 +49137 +49190
+49900 +4390 +4393 +4190 +3389 +34803 +34806 +34807 +34905 +3989 +31900
+31906 +31909 +3290 +46900 +46939 +46944 +4699 +4870 +61190
"""
DENIED = {
    PREMIUM: PREMIUM_PREFIXES.split(),
    SATELLITE: ["+870", "+881", "+882", "+883"],
    SERVICE: ["*", "#"],
    FRAUD: ["+53", "+239", "+247", "+252", "+674", "+677", "+682", "+686", "+688", "+690", "+850"],
}


def upgrade() -> None:
    """Create the table and fill it."""
    table = op.create_table(
        "dial_rules",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("position", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), server_default="deny", nullable=False),
        sa.Column("caller", sa.Text(), server_default="both", nullable=False),
        sa.Column("reason", sa.Text(), server_default=sa.text("('')"), nullable=False),
        sa.CheckConstraint("action IN ('allow', 'deny')", name=op.f("ck_dial_rules_action")),
        sa.CheckConstraint(
            "caller IN ('agents', 'bots', 'both')", name=op.f("ck_dial_rules_caller")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dial_rules")),
    )
    denied = [(prefix, reason) for reason, prefixes in DENIED.items() for prefix in prefixes]
    rows = [{"prefix": prefix, "action": "deny", "reason": reason} for prefix, reason in denied] + [
        {"prefix": "", "action": "allow", "reason": "every other number"}
    ]
    first = [
        {"id": f"first-{n:02}", "position": n, "caller": "both", **row}
        for n, row in enumerate(rows)
    ]
    op.bulk_insert(table, first)
